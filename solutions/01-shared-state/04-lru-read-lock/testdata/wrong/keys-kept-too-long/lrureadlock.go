// caught by: explore in TestScheduleGetAndKeys
// Wrong: the list of keys is kept for later calls. Get and Put forget it only when the lock is free
// again, so that Stats counts a hit, and Keys has the order before it.

// Package lrureadlock keeps the most recently used pages of a site.
package lrureadlock

import (
	"container/list"
	"slices"
	"sync"
	"sync/atomic"
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
	keys     atomic.Pointer[[]string] // what Keys returns, or nil if the order has changed

	mu      sync.Mutex
	entries map[string]*list.Element
	order   list.List // of *entry; what was used last is first
	stats   Stats
}

type entry struct {
	key  string
	page *Page
}

// New returns an empty cache that keeps as many pages as its capacity, which is at least 1.
func New(capacity int) *Cache {
	return &Cache{capacity: capacity, entries: make(map[string]*list.Element)}
}

// Get returns the page that is stored under a key, and whether there is one.
func (c *Cache) Get(key string) (page *Page, found bool) {
	defer c.keys.Store(nil)
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

// Put stores a page under a key, and replaces the one that is there.
func (c *Cache) Put(key string, page *Page) {
	defer c.keys.Store(nil)
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, found := c.entries[key]; found {
		element.Value = &entry{key, page}
		c.order.MoveToFront(element)
		return
	}
	c.entries[key] = c.order.PushFront(&entry{key, page})
	if len(c.entries) > c.capacity {
		oldest := c.order.Remove(c.order.Back()).(*entry)
		delete(c.entries, oldest.key)
		c.stats.Evictions++
	}
}

// Keys returns the keys of all pages, most recently used first.
func (c *Cache) Keys() []string {
	if keys := c.keys.Load(); keys != nil {
		return slices.Clone(*keys)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	keys := make([]string, 0, len(c.entries))
	for element := c.order.Front(); element != nil; element = element.Next() {
		keys = append(keys, element.Value.(*entry).key)
	}
	c.keys.Store(&keys)
	return slices.Clone(keys)
}

// Stats returns what the cache has done so far.
func (c *Cache) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}
