// finds: deadlock

// Package rangefunc walks over a set by an iterator; the broken iterator holds the lock while the loop body runs.
package rangefunc

import (
	"iter"
	"slices"
	"sync"
	"testing"
)

type set struct {
	mu    sync.Mutex
	items []int
}

func (s *set) remove(v int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.items, v); i >= 0 {
		s.items = slices.Delete(s.items, i, i+1)
	}
}

// allLoose yields under the lock that remove needs.
func (s *set) allLoose() iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for i, v := range s.items {
			if !yield(i, v) {
				return
			}
		}
	}
}

// all yields from a copy.
func (s *set) all() iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		s.mu.Lock()
		items := slices.Clone(s.items)
		s.mu.Unlock()
		for i, v := range items {
			if !yield(i, v) {
				return
			}
		}
	}
}

func run(t *testing.T, all func(*set) iter.Seq2[int, int]) {
	s := &set{items: []int{1, 2, 3, 4}}
	removed := make(chan struct{})
	go func() {
		defer close(removed)
		s.remove(4)
	}()
outer:
	for i, v := range all(s) {
		switch {
		case i == 2:
			break outer
		case v%2 == 0:
			s.remove(v)
			continue outer
		}
	}
	<-removed
	if !slices.Equal(s.items, []int{1, 3}) {
		t.Errorf("items: got %v, want [1 3]", s.items)
	}
}

func TestBug(t *testing.T)   { run(t, (*set).allLoose) }
func TestFixed(t *testing.T) { run(t, (*set).all) }
