// Right: a single token, which each waiter takes and passes on, so that it reaches the
// next one, however many there are.

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
//
// All methods are safe for concurrent use.
type Gate struct {
	flag  Flag
	once  sync.Once
	baton chan struct{}
}

// New returns the gate that flag belongs to: open if flag is set, otherwise closed.
// From then on only the gate stores to the flag.
func New(flag Flag) *Gate {
	return &Gate{flag: flag, baton: make(chan struct{}, 1)}
}

// Wait returns when the gate is open. Until then it blocks: it uses no processor time
// and no timer, and is woken when the gate opens.
func (g *Gate) Wait() {
	if g.flag.Load() {
		return
	}
	<-g.baton
	g.baton <- struct{}{}
}

// Open sets the flag and releases all waiting calls. What happened before Open is
// visible after Wait. Opening an open gate has no effect.
func (g *Gate) Open() {
	g.once.Do(func() {
		g.flag.Store(true)
		g.baton <- struct{}{}
	})
}

// IsOpen reports whether the gate is open. After a Wait or an Open has returned,
// it always is.
func (g *Gate) IsOpen() bool {
	return g.flag.Load()
}
