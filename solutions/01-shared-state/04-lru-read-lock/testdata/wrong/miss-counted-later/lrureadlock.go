// caught by: explore in TestScheduleGetMeanwhile
// Wrong: a miss changes nothing but a count, so it is counted after the lock is released. The
// page is put in between, and Stats does not know of the miss yet.

// Package lrureadlock keeps the most recently used pages of a site.
package lrureadlock

import (
	"container/list"
	"sync"
	"sync/atomic"
)

// Page is a rendered page.
type Page struct {
	Body string
}

// Stats says what a cache has done so far.
type Stats struct {
	Hits, Misses int64 // calls of Get that found a page, or none
	Evictions    int64 // pages that had to go because the cache was full
}

// Cache keeps the pages that were used last.
type Cache struct {
	capacity int

	mu        sync.RWMutex
	entries   map[string]*list.Element
	order     list.List // of *entry; what was used last is first
	hits      int64
	misses    atomic.Int64
	evictions int64
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
	page, found = c.use(key)
	if !found {
		c.misses.Add(1)
	}
	return page, found
}

func (c *Cache) use(key string) (page *Page, found bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, found := c.entries[key]
	if !found {
		return nil, false
	}
	c.hits++
	c.order.MoveToFront(element)
	return element.Value.(*entry).page, true
}

// Stats returns what the cache has done so far.
func (c *Cache) Stats() Stats {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return Stats{Hits: c.hits, Misses: c.misses.Load(), Evictions: c.evictions}
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
	c.entries[key] = c.order.PushFront(&entry{key, page})
	if len(c.entries) > c.capacity {
		oldest := c.order.Remove(c.order.Back()).(*entry)
		delete(c.entries, oldest.key)
		c.evictions++
	}
}

// Keys returns the keys of all pages, the one that was used last first.
func (c *Cache) Keys() []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	keys := make([]string, 0, len(c.entries))
	for element := c.order.Front(); element != nil; element = element.Next() {
		keys = append(keys, element.Value.(*entry).key)
	}
	return keys
}
