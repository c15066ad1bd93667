// finds: deadlock

// Package semunits takes two units of a channel semaphore; the broken acquire takes them one by one.
package semunits

import (
	"sync"
	"testing"
)

type sem struct {
	mu    sync.Mutex
	units chan struct{}
}

// acquireLoose can hold one unit and wait for another that its twin holds.
func (s *sem) acquireLoose(n int) {
	for range n {
		s.units <- struct{}{}
	}
}

// acquire lets one caller at a time collect its units.
func (s *sem) acquire(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		s.units <- struct{}{}
	}
}

func (s *sem) release(n int) {
	for ; n > 0; n-- {
		<-s.units
	}
}

func run(t *testing.T, acquire func(*sem, int)) {
	s := &sem{units: make(chan struct{}, 2)}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			acquire(s, 2)
			defer s.release(2)
			if n := len(s.units); n > cap(s.units) {
				t.Errorf("%d units taken of %d", n, cap(s.units))
			}
		})
	}
	wg.Wait()
}

func TestBug(t *testing.T)   { run(t, (*sem).acquireLoose) }
func TestFixed(t *testing.T) { run(t, (*sem).acquire) }
