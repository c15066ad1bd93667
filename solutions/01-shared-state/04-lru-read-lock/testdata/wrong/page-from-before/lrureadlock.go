// caught by: explore in TestScheduleGetMeanwhile
// Wrong: the page is read under the read lock, and used under the other one. It is replaced in
// between, and then the old page is returned and counted after the new one was put.

// Package lrureadlock keeps the most recently used pages of a site.
package lrureadlock

import (
	"container/list"
	"sync"
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
	element, page := c.find(key)
	c.mu.Lock()
	defer c.mu.Unlock()
	if element == nil || c.entries[key] != element { // never put, or evicted
		if element = c.entries[key]; element == nil {
			c.misses++
			return nil, false
		}
		page = element.Value.(*entry).page
	}
	c.hits++
	c.order.MoveToFront(element)
	return page, true
}

// find reads under the read lock, so that visitors do not wait for each other.
func (c *Cache) find(key string) (*list.Element, *Page) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	element := c.entries[key]
	if element == nil {
		return nil, nil
	}
	return element, element.Value.(*entry).page
}

// Stats returns what the cache has done so far.
func (c *Cache) Stats() Stats {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return Stats{Hits: c.hits, Misses: c.misses, Evictions: c.evictions}
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
