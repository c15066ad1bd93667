// finds: deadlock

// Package lostwakeup is a gate to wait at; the broken gate looks at its flag outside the lock and can miss the opening.
package lostwakeup

import (
	"sync"
	"sync/atomic"
	"testing"
)

type gate interface {
	Wait()
	Open()
}

// loose checks an atomic flag and waits later; an Open in between wakes nobody.
type loose struct {
	open atomic.Bool
	mu   sync.Mutex
	cond sync.Cond
}

func (g *loose) Wait() {
	for !g.open.Load() {
		g.mu.Lock()
		g.cond.Wait()
		g.mu.Unlock()
	}
}

func (g *loose) Open() {
	g.open.Store(true)
	g.cond.Broadcast()
}

// tight changes and checks the flag under the lock of the condition.
type tight struct {
	open bool
	cond *sync.Cond
}

func (g *tight) Wait() {
	g.cond.L.Lock()
	defer g.cond.L.Unlock()
	for !g.open {
		g.cond.Wait()
	}
}

func (g *tight) Open() {
	g.cond.L.Lock()
	g.open = true
	g.cond.L.Unlock()
	g.cond.Broadcast()
}

func run(t *testing.T, g gate) {
	passed := make(chan struct{})
	go func() {
		defer close(passed)
		g.Wait()
	}()
	g.Open()
	<-passed
}

func TestBug(t *testing.T) {
	g := new(loose)
	g.cond.L = &g.mu
	run(t, g)
}

func TestFixed(t *testing.T) { run(t, &tight{cond: sync.NewCond(new(sync.Mutex))}) }
