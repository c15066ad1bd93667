// caught by: leak in TestAnyKeyAndPage
// Wrong: one goroutine owns the list, so nothing needs a lock. But a cache has no Close, and its
// goroutine stays when the cache is gone.

// Package lrureadlock keeps the most recently used pages of a site.
package lrureadlock

import (
	"container/list"
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
	calls chan func(*contents) // made one after the other by the goroutine that owns the contents
}

type contents struct {
	capacity int
	entries  map[string]*list.Element
	order    list.List // of *entry; what was used last is first
	stats    Stats
}

type entry struct {
	key  string
	page *Page
}

// New returns an empty cache that keeps as many pages as its capacity, which is at least 1.
func New(capacity int) *Cache {
	c := &Cache{make(chan func(*contents))}
	go func() {
		all := &contents{capacity: capacity, entries: make(map[string]*list.Element)}
		for call := range c.calls {
			call(all)
		}
	}()
	return c
}

// do makes a call, and returns when it is made.
func (c *Cache) do(call func(*contents)) {
	done := make(chan struct{})
	c.calls <- func(all *contents) {
		call(all)
		close(done)
	}
	<-done
}

// Get returns the page that is stored under a key, and whether there is one. That page
// is now the most recently used one.
func (c *Cache) Get(key string) (page *Page, found bool) {
	c.do(func(all *contents) {
		var element *list.Element
		if element, found = all.entries[key]; !found {
			all.stats.Misses++
			return
		}
		all.stats.Hits++
		all.order.MoveToFront(element)
		page = element.Value.(*entry).page
	})
	return page, found
}

// Put stores a page under a key, and replaces the one that is there. The page is now the
// most recently used one. If there are too many pages, Put evicts the least recently
// used one.
func (c *Cache) Put(key string, page *Page) {
	c.do(func(all *contents) {
		if element, found := all.entries[key]; found {
			element.Value = &entry{key, page}
			all.order.MoveToFront(element)
			return
		}
		all.entries[key] = all.order.PushFront(&entry{key, page})
		if len(all.entries) > all.capacity {
			oldest := all.order.Remove(all.order.Back()).(*entry)
			delete(all.entries, oldest.key)
			all.stats.Evictions++
		}
	})
}

// Keys returns the keys of all pages, most recently used first.
func (c *Cache) Keys() (keys []string) {
	c.do(func(all *contents) {
		for element := all.order.Front(); element != nil; element = element.Next() {
			keys = append(keys, element.Value.(*entry).key)
		}
	})
	return keys
}

// Stats returns what the cache has done so far.
func (c *Cache) Stats() (stats Stats) {
	c.do(func(all *contents) { stats = all.stats })
	return stats
}
