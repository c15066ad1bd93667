// finds: deadlock

// Package condsignal starts several runners at once; the broken start wakes only one of them.
package condsignal

import (
	"sync"
	"testing"
)

type race struct {
	mu      sync.Mutex
	cond    sync.Cond
	started bool
}

func newRace() *race {
	r := new(race)
	r.cond.L = &r.mu
	return r
}

func (r *race) await() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for !r.started {
		r.cond.Wait()
	}
}

// startLoose signals once, although every runner waits for the same change.
func (r *race) startLoose() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.started = true
	r.cond.Signal()
}

// start wakes everybody.
func (r *race) start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.started = true
	r.cond.Broadcast()
}

func run(t *testing.T, start func(*race)) {
	r := newRace()
	finished := make(chan int, 2)
	for i := range 2 {
		go func() {
			r.await()
			finished <- i
		}()
	}
	start(r)
	if a, b := <-finished, <-finished; a == b {
		t.Errorf("runner %d finished twice", a)
	}
}

func TestBug(t *testing.T)   { run(t, (*race).startLoose) }
func TestFixed(t *testing.T) { run(t, (*race).start) }
