// finds: deadlock

// Package rwupgrade fills a table on demand; the broken one asks for the write lock while it holds the read lock.
package rwupgrade

import (
	"sync"
	"testing"
)

type table struct {
	mu    sync.RWMutex
	cells map[int]int
}

// squareLoose keeps the read lock, so no write lock can be granted, its own included.
func (b *table) squareLoose(n int) int {
	r := b.mu.RLocker()
	r.Lock()
	defer r.Unlock()
	if v, ok := b.cells[n]; ok {
		return v
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cells[n] = n * n
	return n * n
}

// square lets the read lock go first and looks again.
func (b *table) square(n int) int {
	look := func(l sync.Locker) (int, bool) {
		l.Lock()
		defer l.Unlock()
		v, ok := b.cells[n]
		return v, ok
	}
	if v, ok := look(b.mu.RLocker()); ok {
		return v
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if v, ok := b.cells[n]; ok {
		return v
	}
	b.cells[n] = n * n
	return n * n
}

func run(t *testing.T, square func(*table, int) int) {
	b := &table{cells: map[int]int{}}
	got := make(chan int)
	for range 2 {
		go func() { got <- square(b, 3) }()
	}
	if x, y := <-got, <-got; x != 9 || y != 9 {
		t.Errorf("squares: got %d and %d, want 9", x, y)
	}
}

func TestBug(t *testing.T)   { run(t, (*table).squareLoose) }
func TestFixed(t *testing.T) { run(t, (*table).square) }
