// finds: race

// Package snapshot hands out the scores of a game; the broken one returns the map that it goes on writing to.
package snapshot

import (
	"maps"
	"sync"
	"testing"
)

type board struct {
	mu     sync.Mutex
	scores map[string]int
}

func (b *board) add(name string, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.scores[name] += n
}

// allLoose protects the pointer to the map, not the map.
func (b *board) allLoose() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.scores
}

func (b *board) all() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.scores)
}

func run(t *testing.T, all func(*board) map[string]int) {
	b := &board{scores: map[string]int{"ann": 1, "bob": 1}}
	var wg sync.WaitGroup
	wg.Go(func() { b.add("ann", 5) })
	sum := 0
	for name, n := range all(b) {
		if name == "" {
			t.Error("a score without a name")
		}
		sum += n
	}
	wg.Wait()
	if sum != 2 && sum != 7 {
		t.Errorf("sum: got %d, want 2 or 7", sum)
	}
}

func TestBug(t *testing.T)   { run(t, (*board).allLoose) }
func TestFixed(t *testing.T) { run(t, (*board).all) }
