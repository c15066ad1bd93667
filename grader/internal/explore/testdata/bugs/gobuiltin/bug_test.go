// finds: race
// tells: items: got

// Package gobuiltin drops cache entries; the broken one starts the deletion as a goroutine of its own.
package gobuiltin

import (
	"sync"
	"testing"
)

type cache struct {
	mu    sync.Mutex
	items map[string]int
	trail [4]byte
}

// dropLoose holds the lock only while the goroutines are started.
func (c *cache) dropLoose(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	go delete(c.items, key)
	go copy(c.trail[:], key)
}

// drop deletes under the lock.
func (c *cache) drop(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer copy(c.trail[:], key)
	defer delete(c.items, key)
}

func (c *cache) set(key string, n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.items[key] = n
	if len(c.items) > 9 {
		go println("the cache is large")
	}
	return len(c.items)
}

func run(t *testing.T, drop func(*cache, string)) {
	c := &cache{items: map[string]int{"a": 1, "b": 2}}
	dropped, started := make(chan struct{}), make(chan struct{})
	go close(started)
	go func() {
		defer close(dropped)
		<-started
		drop(c, "a")
	}()
	if n := c.set("b", 3); n < 1 || n > 2 {
		t.Errorf("items: got %d, want 1 or 2", n)
	}
	<-dropped
	if n := c.set("c", 4); n != 2 {
		t.Errorf("items: got %d, want 2", n)
	}
}

func TestBug(t *testing.T)   { run(t, (*cache).dropLoose) }
func TestFixed(t *testing.T) { run(t, (*cache).drop) }
