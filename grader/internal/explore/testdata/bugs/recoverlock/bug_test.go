// finds: deadlock

// Package recoverlock survives panics of its callers; the broken one leaves the lock taken when a caller panics.
package recoverlock

import (
	"fmt"
	"sync"
	"testing"
)

type registry struct {
	mu    sync.Mutex
	names map[string]int
}

// updateLoose does not reach Unlock when f panics.
func (r *registry) updateLoose(f func(map[string]int)) {
	r.mu.Lock()
	f(r.names)
	r.mu.Unlock()
}

// update unlocks in any case.
func (r *registry) update(f func(map[string]int)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(r.names)
}

// safely turns a panic into an error, as a server does for each request.
func safely(f func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("recovered: %v", p)
		}
	}()
	f()
	return nil
}

func run(t *testing.T, update func(*registry, func(map[string]int))) {
	r := &registry{names: map[string]int{}}
	changes := []func(map[string]int){
		func(m map[string]int) { m["ann"]++ },
		func(m map[string]int) { panic("bad request") },
	}
	errs := make([]error, len(changes))
	var wg sync.WaitGroup
	for i, change := range changes {
		wg.Go(func() {
			errs[i] = safely(func() { update(r, change) })
		})
	}
	wg.Wait()
	if errs[0] != nil || errs[1] == nil || r.names["ann"] != 1 {
		t.Errorf("errors %v, names %v", errs, r.names)
	}
}

func TestBug(t *testing.T)   { run(t, (*registry).updateLoose) }
func TestFixed(t *testing.T) { run(t, (*registry).update) }
