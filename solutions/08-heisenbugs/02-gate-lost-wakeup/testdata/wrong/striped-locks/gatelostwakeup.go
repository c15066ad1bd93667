// caught by: tests in TestTwoGates
// Wrong: 64 locks for all gates: a slow flag holds up each sixty-fourth.

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
type Gate struct {
	flag Flag
	mu   *sync.Mutex
	open atomic.Bool
	done chan struct{}
}

// A table of locks, as a service has thousands of gates, few of which are opened at once.
var (
	locks [64]sync.Mutex
	gates atomic.Uint32
)

// New returns the gate that flag belongs to.
func New(flag Flag) *Gate {
	g := &Gate{flag: flag, done: make(chan struct{}), mu: &locks[gates.Add(1)%uint32(len(locks))]}
	if flag.Load() {
		g.open.Store(true)
		close(g.done)
	}
	return g
}

// Wait returns when the gate is open.
func (g *Gate) Wait() { <-g.done }

// Open sets the flag and releases all waiting calls.
func (g *Gate) Open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open.Load() {
		return
	}
	g.flag.Store(true)
	g.open.Store(true)
	close(g.done)
}

// IsOpen reports whether the gate is open.
func (g *Gate) IsOpen() bool {
	select {
	case <-g.done:
		return true
	default:
		return false
	}
}
