// caught by: explore in TestSchedulePutMeanwhile
// Wrong: the eviction is counted after the lock is released. A Get finds that the page is gone,
// and Stats does not know why.

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
	misses    int64
	evictions atomic.Int64
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
		c.misses++
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
	return Stats{Hits: c.hits, Misses: c.misses, Evictions: c.evictions.Load()}
}

// Put stores a page under a key.
func (c *Cache) Put(key string, page *Page) {
	if evicted := c.put(key, page); evicted {
		c.evictions.Add(1)
	}
}

func (c *Cache) put(key string, page *Page) (evicted bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, found := c.entries[key]; found {
		element.Value.(*entry).page = page
		c.order.MoveToFront(element)
		return false
	}
	c.entries[key] = c.order.PushFront(&entry{key, page})
	if len(c.entries) <= c.capacity {
		return false
	}
	delete(c.entries, c.order.Remove(c.order.Back()).(*entry).key)
	return true
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
