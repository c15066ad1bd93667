// caught by: tests in TestTwoGates
// Wrong: one lock for the flags of all gates: a slow Load holds up every New.

// Package gatelostwakeup holds back the parts of a service until it may start.
package gatelostwakeup

import "sync"

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
	once sync.Once
	done chan struct{}
}

var disk sync.Mutex // there is one disk: gates that start read it one after the other

// New returns the gate that flag belongs to.
func New(flag Flag) *Gate {
	g := &Gate{flag: flag, done: make(chan struct{})}
	disk.Lock()
	defer disk.Unlock()
	if flag.Load() {
		g.once.Do(func() { close(g.done) })
	}
	return g
}

// Wait returns when the gate is open.
func (g *Gate) Wait() { <-g.done }

// Open sets the flag and releases all waiting calls.
func (g *Gate) Open() {
	g.once.Do(func() {
		g.flag.Store(true)
		close(g.done)
	})
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
