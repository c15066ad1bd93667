// finds: panic

// Package iterate sums a list while another goroutine shortens it; the broken loop asks for length and item separately.
package iterate

import (
	"sync"
	"testing"
)

type list struct {
	mu    sync.RWMutex
	items []int
}

func (l *list) size() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.items)
}

func (l *list) at(i int) int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.items[i]
}

func (l *list) pop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.items = l.items[:len(l.items)-1]
}

// sumLoose uses an index that was valid a moment ago.
func (l *list) sumLoose() (sum int) {
	for i := 0; i < l.size(); i++ {
		sum += l.at(i)
	}
	return sum
}

// sum holds the lock for the whole walk.
func (l *list) sum() (sum int) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, v := range l.items {
		sum += v
	}
	return sum
}

func run(t *testing.T, sum func(*list) int) {
	l := &list{items: []int{1, 2}}
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		l.pop()
	}()
	got := sum(l)
	wg.Wait()
	if got != 3 && got != 1 {
		t.Errorf("sum: got %d, want 3 or 1", got)
	}
}

func TestBug(t *testing.T)   { run(t, (*list).sumLoose) }
func TestFixed(t *testing.T) { run(t, (*list).sum) }
