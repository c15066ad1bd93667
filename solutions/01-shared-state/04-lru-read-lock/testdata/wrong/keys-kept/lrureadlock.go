// caught by: tests in TestKeepsNothingElse
// Wrong: the list of keys is kept until the next call of Keys. Until then it keeps the keys of
// pages that were evicted.

// Package lrureadlock keeps the pages of a site that were used last.
package lrureadlock

import (
	"container/list"
	"slices"
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

// Cache keeps the pages that were used last. New makes one.
//
// All methods may be called from many goroutines at once.
type Cache struct {
	capacity int

	mu      sync.Mutex
	entries map[string]*list.Element
	order   list.List // of *entry; what was used last is first
	stats   Stats
	keys    []string // of the last call of Keys
	fresh   bool     // they are those of now
}

type entry struct {
	key  string
	page *Page
}

// New returns an empty cache that keeps as many pages as its capacity, which is at least 1.
func New(capacity int) *Cache {
	return &Cache{capacity: capacity, entries: make(map[string]*list.Element)}
}

// Get returns the page that is stored under a key, and whether there is one. Now that
// page is the one that was used last.
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
	c.fresh = false
	return element.Value.(*entry).page, true
}

// Put stores a page under a key, and replaces the one that is there. Now that page is the
// one that was used last. If there are too many, the one that has not been used for the
// longest time is evicted.
func (c *Cache) Put(key string, page *Page) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fresh = false
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

// Keys returns the keys of all pages. The one that was used last is first.
func (c *Cache) Keys() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.fresh {
		c.keys = make([]string, 0, len(c.entries))
		for element := c.order.Front(); element != nil; element = element.Next() {
			c.keys = append(c.keys, element.Value.(*entry).key)
		}
		c.fresh = true
	}
	return slices.Clone(c.keys)
}

// Stats returns what the cache has done so far.
func (c *Cache) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}
