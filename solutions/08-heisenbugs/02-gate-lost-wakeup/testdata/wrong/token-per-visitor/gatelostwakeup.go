// caught by: tests in TestOpenWhileManyLook
// Wrong: Open sends a token for each call of Wait. One that finds the flag set takes none, so
// with more of them than the channel has room for, Open waits although all have returned.

// Package gatelostwakeup holds back the parts of a service until it may start.
package gatelostwakeup

import "sync/atomic"

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
	flag    Flag
	waiting atomic.Int64  // number of calls that are asleep, or about to be
	passes  chan struct{} // one for each of them
}

// New returns the gate that flag belongs to: open if flag is set, otherwise closed.
// From then on only the gate stores to the flag.
func New(flag Flag) *Gate {
	return &Gate{flag: flag, passes: make(chan struct{}, 1000)}
}

// Wait returns when the gate is open.
func (g *Gate) Wait() {
	g.waiting.Add(1) // first, so that Open knows of this call if it does not see the flag
	defer g.waiting.Add(-1)
	if g.flag.Load() {
		return
	}
	<-g.passes
}

// Open sets the flag and releases all waiting calls.
func (g *Gate) Open() {
	g.flag.Store(true)
	for range g.waiting.Load() {
		g.passes <- struct{}{}
	}
}

// IsOpen reports whether the gate is open.
func (g *Gate) IsOpen() bool {
	return g.flag.Load()
}
