// finds: race

// Package twohits counts in two fields without a lock, three times on two goroutines.
package twohits

import (
	"sync"
	"testing"
)

type counter struct {
	mu    sync.Mutex
	total int
	byDay [7]int
}

func (c *counter) hit(day int) {
	c.total++
	c.byDay[day]++
}

func (c *counter) hitLocked(day int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hit(day)
}

func run(t *testing.T, hit func(*counter, int)) {
	var c counter
	var group sync.WaitGroup
	group.Go(func() { hit(&c, 1) })
	group.Go(func() { hit(&c, 1); hit(&c, 2) })
	group.Wait()
	if c.total != 3 || c.byDay[1] != 2 {
		t.Errorf("3 hits, and counted %d", c.total)
	}
}

func TestBug(t *testing.T)   { run(t, (*counter).hit) }
func TestFixed(t *testing.T) { run(t, (*counter).hitLocked) }
