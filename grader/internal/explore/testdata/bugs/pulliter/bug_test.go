// finds: race or panic

// Package pulliter draws numbers from an iterator by turns; the broken one calls next from two goroutines without a lock.
package pulliter

import (
	"iter"
	"sync"
	"testing"
)

type source struct {
	mu    sync.Mutex
	drawn int
	next  func() (int, bool)
	stop  func()
}

// numbers counts what it has yielded.
func (s *source) numbers(yield func(int) bool) {
	for i := range 4 {
		s.drawn++
		if !yield(i) {
			return
		}
	}
}

func (s *source) drawLoose() (int, bool) { return s.next() }

func (s *source) draw() (int, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.next()
}

func run(t *testing.T, draw func(*source) (int, bool)) {
	s := new(source)
	s.next, s.stop = iter.Pull(iter.Seq[int](s.numbers))
	defer s.stop()
	var got [2]int
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() { got[i], _ = draw(s) })
	}
	wg.Wait()
	if got[0] == got[1] || s.drawn != 2 {
		t.Errorf("drawn %d: got %v, want 0 and 1", s.drawn, got)
	}
}

func TestBug(t *testing.T)   { run(t, (*source).drawLoose) }
func TestFixed(t *testing.T) { run(t, (*source).draw) }
