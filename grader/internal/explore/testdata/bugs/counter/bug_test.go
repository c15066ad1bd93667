// finds: race
// tells: hits: got

// Package counter counts hits from several goroutines; the broken counter has no lock.
package counter

import (
	"sync"
	"testing"
)

type counter interface {
	Hit()
	Value() int
}

// bare increments a shared int without any synchronisation.
type bare struct{ n int }

func (c *bare) Hit()       { c.n++ }
func (c *bare) Value() int { return c.n }

// locked embeds its mutex and uses the promoted methods.
type locked struct {
	sync.Mutex
	n int
}

func (c *locked) Hit() {
	c.Lock()
	defer c.Unlock()
	c.n++
}

func (c *locked) Value() int {
	c.Lock()
	defer c.Unlock()
	return c.n
}

func run(t *testing.T, c counter) {
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for range 2 {
				c.Hit()
			}
		})
	}
	wg.Wait()
	if got := c.Value(); got != 4 {
		t.Errorf("hits: got %d, want 4", got)
	}
}

func TestBug(t *testing.T)   { run(t, &bare{}) }
func TestFixed(t *testing.T) { run(t, &locked{}) }
