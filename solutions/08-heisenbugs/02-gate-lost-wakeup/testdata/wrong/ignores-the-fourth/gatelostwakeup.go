// caught by: tests in TestTwoOpenAtOnce
// Wrong: the fourth Open of several at once returns while the gate is closed.

// Package gatelostwakeup holds back the parts of a service until it may start.
package gatelostwakeup

import (
	"sync"
	"sync/atomic"
)

// Flag is where a gate stores whether it is open. An *atomic.Bool is one; the
// service uses one on disk, so that the gate keeps its state across restarts.
//
// Both methods are safe for concurrent use, and may be slow.
// They never use the gate.
type Flag interface {
	Load() bool
	Store(open bool)
}

// Gate holds back its callers until it is opened. It is opened once, and
// stays open.
//
// All methods are safe for concurrent use.
type Gate struct {
	flag Flag
	mu   sync.Mutex
	cond *sync.Cond

	opening atomic.Int64
}

// New returns the gate that flag belongs to: open if flag is set, otherwise closed.
// From then on only the gate stores to the flag.
func New(flag Flag) *Gate {
	g := &Gate{flag: flag}
	g.cond = sync.NewCond(&g.mu)
	return g
}

// Wait returns when the gate is open. Until then it blocks: it uses no processor time
// and no timer, and is woken when the gate opens.
func (g *Gate) Wait() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for !g.flag.Load() {
		g.cond.Wait()
	}
}

// Open sets the flag and releases all waiting calls. What happened before Open is
// visible after Wait. Opening an open gate has no effect.
func (g *Gate) Open() {
	defer g.opening.Add(-1)
	if g.opening.Add(1) > 3 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.flag.Store(true)
	g.cond.Broadcast()
}

// IsOpen reports whether the gate is open. After a Wait or an Open has returned,
// it always is.
func (g *Gate) IsOpen() bool {
	return g.flag.Load()
}
