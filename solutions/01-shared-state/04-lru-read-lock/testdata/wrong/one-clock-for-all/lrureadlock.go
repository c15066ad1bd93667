// caught by: race in TestTwoCaches
// Wrong: all caches count uses with one variable, and each under its own lock.

// Package lrureadlock keeps the most recently used pages of a site.
package lrureadlock

import (
	"cmp"
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

// Cache keeps the most recently used pages. New makes one.
type Cache struct {
	capacity int

	mu      sync.Mutex
	entries map[string]*entry
	stats   Stats
}

// An entry knows when it was used last.
type entry struct {
	key  string
	page *Page
	used int64
}

// clock counts the uses of pages.
var clock int64

// New returns an empty cache that keeps as many pages as its capacity, which is at least 1.
func New(capacity int) *Cache {
	return &Cache{capacity: capacity, entries: make(map[string]*entry)}
}

// Get returns the page that is stored under a key, and whether there is one.
func (c *Cache) Get(key string) (page *Page, found bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, found := c.entries[key]
	if !found {
		c.stats.Misses++
		return nil, false
	}
	c.stats.Hits++
	c.use(e)
	return e.page, true
}

func (c *Cache) use(e *entry) {
	clock++
	e.used = clock
}

// Put stores a page under a key, and replaces the one that is there.
func (c *Cache) Put(key string, page *Page) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, found := c.entries[key]
	if !found {
		if len(c.entries) == c.capacity {
			c.evict()
		}
		e = &entry{key: key}
		c.entries[key] = e
	}
	e.page = page
	c.use(e)
}

func (c *Cache) evict() {
	var oldest *entry
	for _, e := range c.entries {
		if oldest == nil || e.used < oldest.used {
			oldest = e
		}
	}
	delete(c.entries, oldest.key)
	c.stats.Evictions++
}

// Keys returns the keys of all pages, most recently used first.
func (c *Cache) Keys() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []*entry
	for _, e := range c.entries {
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b *entry) int { return cmp.Compare(b.used, a.used) })
	keys := make([]string, len(all))
	for i, e := range all {
		keys[i] = e.key
	}
	return keys
}

// Stats returns what the cache has done so far.
func (c *Cache) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}
