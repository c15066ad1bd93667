// Right: one token that each worker takes and passes on, so that it is there for the
// next one, however many there are.

// Package gatelostwakeup holds back the parts of a service until it may start.
package gatelostwakeup

import "sync"

// Flag is where a gate keeps whether it is open. An *atomic.Bool is one; the
// service has one on disk, so that after a restart the gate is as it was.
//
// Both methods may be called from many goroutines at once, and take their time.
// They never use the gate.
type Flag interface {
	Load() bool
	Store(open bool)
}

// Gate holds back whoever comes, until it is opened. It is opened once, and
// stays open.
//
// All its methods may be called from many goroutines at once.
type Gate struct {
	flag  Flag
	once  sync.Once
	baton chan struct{}
}

// New returns the gate that flag belongs to: open if flag is set, and closed
// otherwise. From now on nobody but the gate stores to the flag.
func New(flag Flag) *Gate {
	return &Gate{flag: flag, baton: make(chan struct{}, 1)}
}

// Wait returns when the gate is open. Until then its caller sleeps: he takes no
// processor time, looks at no clock, and is woken when the gate opens.
func (g *Gate) Wait() {
	if g.flag.Load() {
		return
	}
	<-g.baton
	g.baton <- struct{}{}
}

// Open sets the flag and lets go of everybody who is held. What was done before
// Open is seen by all who have passed. To open an open gate does nothing.
func (g *Gate) Open() {
	g.once.Do(func() {
		g.flag.Store(true)
		g.baton <- struct{}{}
	})
}

// IsOpen tells whether the gate is open. Whoever has passed finds it open, and so
// does whoever comes back from Open.
func (g *Gate) IsOpen() bool {
	return g.flag.Load()
}
