// caught by: tests in TestKeepsNothingElse
// Wrong: it makes room for as many pages as there may ever be. Ten thousand caches with one page
// each need gigabytes.

// Package lrureadlock keeps the pages of a site that were used last.
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

// Cache keeps the pages that were used last. New makes one.
//
// All methods may be called from many goroutines at once.
type Cache struct {
	mu    sync.Mutex
	index map[string]int
	slots []entry // one for each page that there may be
	first int     // the slot that was used last; -1 if there is none
	last  int
	stats Stats
}

type entry struct {
	key  string
	page *Page

	newer, older int // slots; -1 if there is none
}

// New returns an empty cache that keeps as many pages as its capacity, which is at least 1.
func New(capacity int) *Cache {
	return &Cache{slots: make([]entry, 0, capacity), index: make(map[string]int, capacity), first: -1, last: -1}
}

// Get returns the page that is stored under a key, and whether there is one. Now that
// page is the one that was used last.
func (c *Cache) Get(key string) (page *Page, found bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i, found := c.index[key]
	if !found {
		c.stats.Misses++
		return nil, false
	}
	c.stats.Hits++
	c.cut(i)
	c.push(i)
	return c.slots[i].page, true
}

// Put stores a page under a key, and replaces the one that is there. Now that page is the
// one that was used last. If there are too many, the one that has not been used for the
// longest time is evicted.
func (c *Cache) Put(key string, page *Page) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i, found := c.index[key]
	switch {
	case found:
		c.cut(i)
	case len(c.slots) < cap(c.slots):
		i = len(c.slots)
		c.slots = append(c.slots, entry{})
	default:
		i = c.last
		c.cut(i)
		delete(c.index, c.slots[i].key)
		c.stats.Evictions++
	}
	c.slots[i] = entry{key: key, page: page}
	c.index[key] = i
	c.push(i)
}

// cut takes a slot out of the order.
func (c *Cache) cut(i int) {
	e := &c.slots[i]
	if e.newer < 0 {
		c.first = e.older
	} else {
		c.slots[e.newer].older = e.older
	}
	if e.older < 0 {
		c.last = e.newer
	} else {
		c.slots[e.older].newer = e.newer
	}
}

// push makes a slot the first one.
func (c *Cache) push(i int) {
	c.slots[i].newer, c.slots[i].older = -1, c.first
	if c.first < 0 {
		c.last = i
	} else {
		c.slots[c.first].newer = i
	}
	c.first = i
}

// Keys returns the keys of all pages. The one that was used last is first.
func (c *Cache) Keys() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	keys := make([]string, 0, len(c.slots))
	for i := c.first; i >= 0; i = c.slots[i].older {
		keys = append(keys, c.slots[i].key)
	}
	return keys
}

// Stats returns what the cache has done so far.
func (c *Cache) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}
