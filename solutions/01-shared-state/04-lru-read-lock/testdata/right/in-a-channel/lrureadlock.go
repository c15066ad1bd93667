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
	contents chan *contents // has room for one; a goroutine that has received it may use it
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
	c := &Cache{make(chan *contents, 1)}
	c.contents <- &contents{capacity: capacity, entries: make(map[string]*list.Element)}
	return c
}

// Get returns the page that is stored under a key, and whether there is one. That page
// is now the most recently used one.
func (c *Cache) Get(key string) (page *Page, found bool) {
	all := <-c.contents
	defer func() { c.contents <- all }()
	element, found := all.entries[key]
	if !found {
		all.stats.Misses++
		return nil, false
	}
	all.stats.Hits++
	all.order.MoveToFront(element)
	return element.Value.(*entry).page, true
}

// Put stores a page under a key, and replaces the one that is there. The page is now the
// most recently used one. If there are too many pages, Put evicts the least recently
// used one.
func (c *Cache) Put(key string, page *Page) {
	all := <-c.contents
	defer func() { c.contents <- all }()
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
}

// Keys returns the keys of all pages, most recently used first.
func (c *Cache) Keys() []string {
	all := <-c.contents
	defer func() { c.contents <- all }()
	keys := make([]string, 0, len(all.entries))
	for element := all.order.Front(); element != nil; element = element.Next() {
		keys = append(keys, element.Value.(*entry).key)
	}
	return keys
}

// Stats returns what the cache has done so far.
func (c *Cache) Stats() Stats {
	all := <-c.contents
	defer func() { c.contents <- all }()
	return all.stats
}
