// Package janitor is a cache with a goroutine that removes old entries; the broken Close does not wait for it.
package janitor

import (
	"sync"
	"time"
)

// Cache keeps entries until the next sweep.
type Cache struct {
	mu    sync.Mutex
	items map[string]bool
	done  chan struct{}
	ended chan struct{}
}

// New starts the janitor.
func New(every time.Duration) *Cache {
	c := &Cache{items: map[string]bool{}, done: make(chan struct{}), ended: make(chan struct{})}
	go c.clean(every)
	return c
}

func (c *Cache) clean(every time.Duration) {
	defer close(c.ended)
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			c.sweep()
		case <-c.done:
			c.sweep()
			return
		}
	}
}

func (c *Cache) sweep() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.items)
}

// Put adds an entry.
func (c *Cache) Put(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.items[key] = true
}

// CloseLoose tells the janitor to end and returns.
func (c *Cache) CloseLoose() { close(c.done) }

// Close also waits for its last sweep; afterwards the cache has one owner.
func (c *Cache) Close() {
	close(c.done)
	<-c.ended
}
