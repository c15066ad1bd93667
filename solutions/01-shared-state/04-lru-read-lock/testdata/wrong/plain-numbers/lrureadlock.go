// caught by: race in TestReadersAtOnce
// Wrong: no list is changed under the read lock, only a number in each entry. That is a write, too.

// Package lrureadlock keeps the most recently used pages of a site.
package lrureadlock

import (
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
//
// All methods may be called from many goroutines at once.
type Cache struct {
	capacity     int
	uses         atomic.Int64 // numbers the uses
	hits, misses atomic.Int64

	mu        sync.RWMutex // held for writing by all but Get, so that they see no half of one
	entries   map[string]*entry
	evictions int64
}

type entry struct {
	page *Page
	last int64 // number of its last use
}

// use numbers a use, and keeps the number unless a later use was faster.
func (c *Cache) use(e *entry) {
	number := c.uses.Add(1)
	e.last = max(e.last, number)
}

// New returns an empty cache that keeps as many pages as its capacity, which is at least 1.
func New(capacity int) *Cache {
	return &Cache{capacity: capacity, entries: make(map[string]*entry)}
}

// Get returns the page that is stored under a key, and whether there is one. That page
// is now the most recently used one.
func (c *Cache) Get(key string) (page *Page, found bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e, found := c.entries[key]
	if !found {
		c.misses.Add(1)
		return nil, false
	}
	c.hits.Add(1)
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
	if !found {
		e = &entry{}
		c.entries[key] = e
	}
	e.page = page
	c.use(e)
	if len(c.entries) > c.capacity {
		c.evict(key)
	}
}

// evict removes the oldest entry. The key is any entry's.
func (c *Cache) evict(key string) {
	oldest, first := key, c.entries[key].last
	for other, e := range c.entries {
		if last := e.last; last < first {
			oldest, first = other, last
		}
	}
	delete(c.entries, oldest)
	c.evictions++
}

// Keys returns the keys of all pages, most recently used first.
func (c *Cache) Keys() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	keys := make([]string, 0, len(c.entries))
	for key := range c.entries {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int { return int(c.entries[b].last - c.entries[a].last) })
	return keys
}

// Stats returns what the cache has done so far.
func (c *Cache) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Stats{Hits: c.hits.Load(), Misses: c.misses.Load(), Evictions: c.evictions}
}
