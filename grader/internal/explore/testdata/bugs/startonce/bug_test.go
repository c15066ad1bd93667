// finds: wrong

// Package startonce starts a service on demand; the broken one tests and sets its flag in two steps.
package startonce

import (
	"sync"
	"sync/atomic"
	"testing"
)

type service struct {
	started atomic.Bool
	starts  atomic.Int32
}

// startLoose lets two callers pass the test before either sets the flag.
func (s *service) startLoose() {
	if s.started.Load() {
		return
	}
	s.started.Store(true)
	s.starts.Add(1)
}

// start tests and sets in one step.
func (s *service) start() {
	if s.started.Swap(true) {
		return
	}
	s.starts.Add(1)
}

func run(t *testing.T, start func(*service)) {
	s := new(service)
	var wg sync.WaitGroup
	wg.Add(2)
	for range 2 {
		go func() {
			defer wg.Done()
			start(s)
		}()
	}
	wg.Wait()
	if n := s.starts.Load(); n != 1 {
		t.Errorf("starts: got %d, want 1", n)
	}
}

func TestBug(t *testing.T)   { run(t, (*service).startLoose) }
func TestFixed(t *testing.T) { run(t, (*service).start) }
