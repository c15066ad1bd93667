// finds: wrong

// Package span keeps a lower and an upper bound; the broken reader takes the lock once for each of the two.
package span

import (
	"sync"
	"testing"
)

type span struct {
	mu       sync.RWMutex
	low, top int
}

func (s *span) shift(by int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.low += by
	s.top += by
}

func (s *span) lowest() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.low
}

func (s *span) highest() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.top
}

// widthLoose subtracts two values that may belong to different moments.
func (s *span) widthLoose() int { return s.highest() - s.lowest() }

// width reads both at one moment.
func (s *span) width() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.top - s.low
}

func run(t *testing.T, width func(*span) int) {
	s := &span{low: 10, top: 15}
	moved := make(chan struct{})
	go func() {
		defer close(moved)
		s.shift(100)
	}()
	if got := width(s); got != 5 {
		t.Errorf("width: got %d, want 5", got)
	}
	<-moved
}

func TestBug(t *testing.T)   { run(t, (*span).widthLoose) }
func TestFixed(t *testing.T) { run(t, (*span).width) }
