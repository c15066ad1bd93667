// finds: deadlock

// Package lockcycle moves items round a ring of three shards; the broken move closes a cycle of three locks.
package lockcycle

import (
	"sync"
	"testing"
)

type shard struct {
	mu    sync.Mutex
	items int
}

type ring [3]shard

// moveLoose locks shard i and then its neighbour; three movers can each hold one.
func (r *ring) moveLoose(i int) {
	next := (i + 1) % len(r)
	r[i].mu.Lock()
	r[next].mu.Lock()
	r[i].items--
	r[next].items++
	r[next].mu.Unlock()
	r[i].mu.Unlock()
}

// move locks the lower index first.
func (r *ring) move(i int) {
	next := (i + 1) % len(r)
	low, high := min(i, next), max(i, next)
	r[low].mu.Lock()
	defer r[low].mu.Unlock()
	r[high].mu.Lock()
	defer r[high].mu.Unlock()
	r[i].items--
	r[next].items++
}

func run(t *testing.T, move func(*ring, int)) {
	var r ring
	var wg sync.WaitGroup
	for i := range len(r) {
		wg.Go(func() { move(&r, i) })
	}
	wg.Wait()
	for i := range r {
		if r[i].items != 0 {
			t.Errorf("shard %d: got %d, want 0", i, r[i].items)
		}
	}
}

func TestBug(t *testing.T)   { run(t, (*ring).moveLoose) }
func TestFixed(t *testing.T) { run(t, (*ring).move) }
