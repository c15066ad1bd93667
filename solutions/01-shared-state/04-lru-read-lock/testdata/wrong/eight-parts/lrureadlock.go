// caught by: tests in TestLeastRecentlyUsedGoes
// Wrong: each part evicts the oldest of its own pages, although another part has older ones or
// has room.

// Package lrureadlock keeps the most recently used pages of a site.
package lrureadlock

import (
	"container/list"
	"hash/fnv"
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
	parts []*part
}

// part returns the part that has a key.
func (c *Cache) part(key string) *part {
	h := fnv.New32()
	h.Write([]byte(key))
	return c.parts[h.Sum32()%uint32(len(c.parts))]
}

// A part keeps some of the pages.
type part struct {
	capacity int

	mu      sync.Mutex // guards the rest; every call changes something, or must not see half a change
	entries map[string]*list.Element
	order   list.List // of *entry; what was used last is first
	stats   Stats
}

type entry struct {
	key  string
	page *Page
}

// New returns an empty cache that keeps as many pages as its capacity, which is at least 1.
func New(capacity int) *Cache {
	c := &Cache{}
	for range min(8, capacity) {
		c.parts = append(c.parts, &part{capacity: capacity / min(8, capacity), entries: make(map[string]*list.Element)})
	}
	return c
}

// get returns the page that is stored under a key, and whether there is one. Now that
// page is the one that was used last.
func (c *part) get(key string) (page *Page, found bool) {
	c.mu.Lock() // a Get writes, too: to the order and to the counts
	defer c.mu.Unlock()
	element, found := c.entries[key]
	if !found {
		c.stats.Misses++
		return nil, false
	}
	c.stats.Hits++
	c.order.MoveToFront(element)
	return element.Value.(*entry).page, true
}

// put stores a page under a key, and replaces the one that is there. Now that page is the
// one that was used last. If there are too many, the one that has not been used for the
// longest time is evicted.
func (c *part) put(key string, page *Page) {
	c.mu.Lock()
	defer c.mu.Unlock()
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

// list returns the keys of all pages. The one that was used last is first.
func (c *part) list() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	keys := make([]string, len(c.entries))
	element := c.order.Front()
	for i := range keys {
		keys[i] = element.Value.(*entry).key
		element = element.Next()
	}
	return keys
}

// counts returns what the cache has done so far.
func (c *part) counts() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}

// Get returns the page that is stored under a key, and whether there is one. That page
// is now the most recently used one.
func (c *Cache) Get(key string) (page *Page, found bool) { return c.part(key).get(key) }

// Put stores a page under a key, and replaces the one that is there. The page is now the
// most recently used one. If there are too many pages, Put evicts the least recently
// used one.
func (c *Cache) Put(key string, page *Page) { c.part(key).put(key, page) }

// Keys returns the keys of all pages.
func (c *Cache) Keys() (keys []string) {
	for _, p := range c.parts {
		keys = append(keys, p.list()...)
	}
	return keys
}

// Stats returns what the cache has done so far.
func (c *Cache) Stats() (s Stats) {
	for _, p := range c.parts {
		counts := p.counts()
		s.Hits, s.Misses, s.Evictions = s.Hits+counts.Hits, s.Misses+counts.Misses, s.Evictions+counts.Evictions
	}
	return s
}
