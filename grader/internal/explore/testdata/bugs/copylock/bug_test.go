// finds: race
// tells: count: got

// Package copylock counts words; the broken method has a value receiver, so each call locks a copy of the mutex.
package copylock

import (
	"sync"
	"testing"
)

type counter struct {
	mu     sync.Mutex
	counts map[string]int
}

// addLoose copies the mutex, but shares the map.
func (c counter) addLoose(s string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[s]++
}

func (c *counter) add(s string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[s]++
}

func (c *counter) count(s string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts[s]
}

func run(t *testing.T, c *counter, add func(string)) {
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { add("go") })
	}
	wg.Wait()
	if n := c.count("go"); n != 2 {
		t.Errorf("count: got %d, want 2", n)
	}
}

func TestBug(t *testing.T) {
	c := &counter{counts: map[string]int{}}
	run(t, c, func(s string) { c.addLoose(s) })
}

func TestFixed(t *testing.T) {
	c := &counter{counts: map[string]int{}}
	run(t, c, c.add)
}
