// finds: panic

// Package wgnegative runs two tasks; in the broken one a failed task calls Done twice.
package wgnegative

import (
	"sync"
	"sync/atomic"
	"testing"
)

type group struct {
	wg     sync.WaitGroup
	failed atomic.Int32
}

// taskLoose calls Done on the error path and again on the way out.
func (g *group) taskLoose(ok bool) {
	defer g.wg.Done()
	if !ok {
		g.failed.Add(1)
		g.wg.Done()
		return
	}
}

// task leaves Done to the deferred call.
func (g *group) task(ok bool) {
	defer g.wg.Done()
	if !ok {
		g.failed.Add(1)
		return
	}
}

func run(t *testing.T, task func(*group, bool)) {
	g := new(group)
	g.wg.Add(2)
	finished := make(chan struct{}, 2)
	for i := range 2 {
		go func() {
			defer func() { finished <- struct{}{} }()
			task(g, i == 0)
		}()
	}
	g.wg.Wait()
	for range 2 {
		<-finished
	}
	if n := g.failed.Load(); n != 1 {
		t.Errorf("failed tasks: got %d, want 1", n)
	}
}

func TestBug(t *testing.T)   { run(t, (*group).taskLoose) }
func TestFixed(t *testing.T) { run(t, (*group).task) }
