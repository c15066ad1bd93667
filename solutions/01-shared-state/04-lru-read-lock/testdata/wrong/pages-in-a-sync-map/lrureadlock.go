// caught by: explore in TestScheduleGetAndPut
// Wrong: the map is safe and the list has a lock. A page that is found in the map may be evicted
// before the list is locked.

// Package lrureadlock keeps the most recently used pages of a site.
package lrureadlock

import (
	"container/list"
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
	entries  sync.Map // of *list.Element, by key

	mu    sync.Mutex // guards the rest
	order list.List  // of *entry; what was used last is first
	stats Stats
}

type entry struct {
	key  string
	page *Page
}

// New returns an empty cache that keeps as many pages as its capacity, which is at least 1.
func New(capacity int) *Cache { return &Cache{capacity: capacity} }

// Get returns the page that is stored under a key, and whether there is one. That page
// is now the most recently used one.
func (c *Cache) Get(key string) (page *Page, found bool) {
	value, found := c.entries.Load(key)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !found {
		c.stats.Misses++
		return nil, false
	}
	element := value.(*list.Element)
	c.stats.Hits++
	c.order.MoveToFront(element)
	return element.Value.(*entry).page, true
}

// Put stores a page under a key, and replaces the one that is there. The page is now the
// most recently used one. If there are too many pages, Put evicts the least recently
// used one.
func (c *Cache) Put(key string, page *Page) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if value, found := c.entries.Load(key); found {
		element := value.(*list.Element)
		element.Value = &entry{key, page}
		c.order.MoveToFront(element)
		return
	}
	c.entries.Store(key, c.order.PushFront(&entry{key, page}))
	if c.order.Len() > c.capacity {
		oldest := c.order.Remove(c.order.Back()).(*entry)
		c.entries.Delete(oldest.key)
		c.stats.Evictions++
	}
}

// Keys returns the keys of all pages, most recently used first.
func (c *Cache) Keys() (keys []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for element := c.order.Front(); element != nil; element = element.Next() {
		keys = append(keys, element.Value.(*entry).key)
	}
	return keys
}

// Stats returns what the cache has done so far.
func (c *Cache) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}
