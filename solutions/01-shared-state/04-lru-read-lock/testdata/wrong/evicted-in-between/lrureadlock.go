// caught by: explore in TestScheduleGetMeanwhile
// Wrong: the second look only notices that the page was evicted. It may have been put again
// by then, so at that moment it is not missing.

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
	evictions int64
	misses    atomic.Int64 // misses change nothing else, so they need no more than a read lock
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
	element := c.find(key)
	if element == nil {
		return nil, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries[key] != element { // it was evicted meanwhile
		c.misses.Add(1)
		return nil, false
	}
	c.hits++
	c.order.MoveToFront(element)
	return element.Value.(*entry).page, true
}

func (c *Cache) find(key string) *list.Element {
	c.mu.RLock()
	defer c.mu.RUnlock()
	element := c.entries[key]
	if element == nil {
		c.misses.Add(1)
	}
	return element
}

// Stats returns what the cache has done so far.
func (c *Cache) Stats() Stats {
	c.mu.Lock() // so that no miss comes in between
	defer c.mu.Unlock()
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
