// caught by: tests in TestKeepsNothingElse
// Wrong: the entry that was evicted last is kept to be used again, and its page with it.

// Package lrureadlock keeps the most recently used pages of a site.
package lrureadlock

import (
	"container/list"
	"sync"
)

// Page is a rendered page. A cache keeps pointers to pages, and does not look into them.
type Page struct {
	Body string
}

// Stats says what a cache has done so far.
type Stats struct {
	Hits, Misses int64 // calls of Get that found a page, or none
	Evictions    int64 // pages that had to go because the cache was full
}

// Cache keeps the most recently used pages. New makes one.
type Cache struct {
	capacity int

	mu      sync.Mutex
	entries map[string]*list.Element
	order   list.List // of *entry; what was used last is first
	spare   *entry    // the one that was evicted last, to be used again: a full cache allocates nothing
	stats   Stats
}

type entry struct {
	key  string
	page *Page
}

// New returns an empty cache.
func New(capacity int) *Cache {
	return &Cache{capacity: capacity, entries: make(map[string]*list.Element)}
}

// Get returns the page that is stored under a key.
func (c *Cache) Get(key string) (page *Page, found bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, found := c.entries[key]
	if !found {
		c.stats.Misses++
		return nil, false
	}
	c.stats.Hits++
	c.order.MoveToFront(element)
	return element.Value.(*entry).page, true
}

// Put stores a page under a key.
func (c *Cache) Put(key string, page *Page) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, found := c.entries[key]; found {
		element.Value.(*entry).page = page
		c.order.MoveToFront(element)
		return
	}
	e := c.spare
	if e == nil {
		e = &entry{}
	}
	c.spare = nil
	e.key, e.page = key, page
	c.entries[key] = c.order.PushFront(e)
	if len(c.entries) > c.capacity {
		oldest := c.order.Remove(c.order.Back()).(*entry)
		delete(c.entries, oldest.key)
		c.spare = oldest
		c.stats.Evictions++
	}
}

// Keys returns the keys of all pages, most recently used first.
func (c *Cache) Keys() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	keys := make([]string, 0, len(c.entries))
	for e := c.order.Front(); e != nil; e = e.Next() {
		keys = append(keys, e.Value.(*entry).key)
	}
	return keys
}

// Stats returns what the cache has done so far.
func (c *Cache) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}
