// caught by: tests in TestKeepsNothingElse
// Wrong: an emptied list of notes still has pages in its array.

// Package lrureadlock keeps the most recently used pages of a site.
package lrureadlock

import (
	"container/list"
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
type Cache struct {
	capacity int

	mu        sync.RWMutex // held for reading by Get
	entries   map[string]*list.Element
	order     list.List // of *entry; what was used last is first, but for the notes
	evictions int64

	hits, misses atomic.Int64

	noting sync.Mutex // held by Get, within mu
	notes  []*list.Element
}

// mostNotes is from how many notes on a reader works them off.
const mostNotes = 1000

type entry struct {
	key  string
	page *Page
}

// New returns an empty cache.
func New(capacity int) *Cache {
	return &Cache{capacity: capacity, entries: make(map[string]*list.Element)}
}

// Get returns the page that is stored under a key, and whether there is one.
func (c *Cache) Get(key string) (page *Page, found bool) {
	page, found, full := c.get(key)
	if full {
		c.mu.Lock()
		c.workOff()
		c.mu.Unlock()
	}
	return page, found
}

func (c *Cache) get(key string) (page *Page, found, full bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	element, found := c.entries[key]
	if !found {
		c.misses.Add(1)
		return nil, false, false
	}
	c.hits.Add(1)
	return element.Value.(*entry).page, true, c.note(element)
}

// note notes that an entry was used, unless it was used last anyway.
func (c *Cache) note(element *list.Element) (full bool) {
	c.noting.Lock()
	defer c.noting.Unlock()
	last := c.order.Front()
	if n := len(c.notes); n > 0 {
		last = c.notes[n-1]
	}
	if element != last {
		c.notes = append(c.notes, element)
	}
	return len(c.notes) >= mostNotes
}

// workOff brings order up to date. mu is held for writing.
func (c *Cache) workOff() {
	for _, element := range c.notes {
		c.order.MoveToFront(element)
	}
	c.notes = c.notes[:0]
}

// Put stores a page under a key, and replaces the one that is there.
func (c *Cache) Put(key string, page *Page) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.workOff()
	if element, found := c.entries[key]; found {
		c.order.Remove(element)
	}
	c.entries[key] = c.order.PushFront(&entry{key, page})
	if len(c.entries) > c.capacity {
		oldest := c.order.Remove(c.order.Back()).(*entry)
		delete(c.entries, oldest.key)
		c.evictions++
	}
}

// Keys returns the keys of all pages, most recently used first.
func (c *Cache) Keys() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.workOff()
	keys := make([]string, 0, len(c.entries))
	for element := c.order.Front(); element != nil; element = element.Next() {
		keys = append(keys, element.Value.(*entry).key)
	}
	return keys
}

// Stats returns what the cache has done so far.
func (c *Cache) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Stats{Hits: c.hits.Load(), Misses: c.misses.Load(), Evictions: c.evictions}
}
