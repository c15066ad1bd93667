// finds: deadlock

// Package rwrecursive sums a table; the broken sum takes the read lock twice, and a writer waits in between.
package rwrecursive

import (
	"sync"
	"testing"
)

type table struct {
	*sync.RWMutex
	cells []int
}

func (b *table) cell(i int) int {
	b.RLock()
	defer b.RUnlock()
	return b.cells[i]
}

func (b *table) set(i, v int) {
	b.Lock()
	b.cells[i] = v
	b.Unlock()
}

// sumLoose holds the read lock and calls a method that takes it again.
func (b *table) sumLoose() (sum int) {
	b.RLock()
	defer b.RUnlock()
	for i := range b.cells {
		sum += b.cell(i)
	}
	return sum
}

// sum reads the cells directly.
func (b *table) sum() (sum int) {
	b.RLock()
	defer b.RUnlock()
	for _, v := range b.cells {
		sum += v
	}
	return sum
}

func run(t *testing.T, sum func(*table) int) {
	b := &table{RWMutex: new(sync.RWMutex), cells: []int{1, 2}}
	var wg sync.WaitGroup
	wg.Go(func() { b.set(0, 10) })
	got := sum(b)
	wg.Wait()
	if got != 3 && got != 12 {
		t.Errorf("sum: got %d, want 3 or 12", got)
	}
}

func TestBug(t *testing.T)   { run(t, (*table).sumLoose) }
func TestFixed(t *testing.T) { run(t, (*table).sum) }
