// Package lrureadlock keeps the most recently used pages of a site.
package lrureadlock

import (
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
//
// All methods may be called from many goroutines at once.
type Cache struct {
	capacity int

	mu      sync.Mutex // guards the rest
	entries map[string]*entry
	ring    entry // no entry itself: next is what was used last, prev is the oldest
	stats   Stats
}

// An entry is linked to those that were used before and after it.
type entry struct {
	key        string
	page       *Page
	prev, next *entry
}

// New returns an empty cache that keeps as many pages as its capacity, which is at least 1.
func New(capacity int) *Cache {
	c := &Cache{capacity: capacity, entries: make(map[string]*entry)}
	c.ring.prev, c.ring.next = &c.ring, &c.ring
	return c
}

// unlink takes an entry out of the ring.
func unlink(e *entry) { e.prev.next, e.next.prev = e.next, e.prev }

// use puts an entry that is in no ring at its front.
func (c *Cache) use(e *entry) {
	e.prev, e.next = &c.ring, c.ring.next
	e.prev.next, e.next.prev = e, e
}

// Get returns the page that is stored under a key, and whether there is one. That page
// is now the most recently used one.
func (c *Cache) Get(key string) (page *Page, found bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, found := c.entries[key]
	if !found {
		c.stats.Misses++
		return nil, false
	}
	c.stats.Hits++
	unlink(e)
	c.use(e)
	return e.page, true
}

// Put stores a page under a key, and replaces the one that is there. The page is now the
// most recently used one. If there are too many pages, Put evicts the least recently
// used one.
func (c *Cache) Put(key string, page *Page) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, found := c.entries[key]
	if found {
		unlink(e)
	} else {
		e = &entry{key: key}
		c.entries[key] = e
	}
	e.page = page
	c.use(e)
	if len(c.entries) > c.capacity {
		oldest := c.ring.prev
		unlink(oldest)
		delete(c.entries, oldest.key)
		c.stats.Evictions++
	}
}

// Keys returns the keys of all pages, most recently used first.
func (c *Cache) Keys() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	keys := make([]string, 0, len(c.entries))
	for e := c.ring.next; e != &c.ring; e = e.next {
		keys = append(keys, e.key)
	}
	return keys
}

// Stats returns what the cache has done so far.
func (c *Cache) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}
