// caught by: tests or repeat in TestOpenTwice
// Wrong: the first Open closes the channel, and so does the 257th: the count has come
// round.

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
	mu    sync.Mutex
	opens uint8
	open  chan struct{}
}

// New returns the gate that flag belongs to: open if flag is set, and closed
// otherwise. From now on nobody but the gate stores to the flag.
func New(flag Flag) *Gate {
	g := &Gate{flag: flag, open: make(chan struct{})}
	if flag.Load() {
		g.Open()
	}
	return g
}

// Wait returns when the gate is open. Until then its caller sleeps: he takes no
// processor time, looks at no clock, and is woken when the gate opens.
func (g *Gate) Wait() {
	<-g.open
}

// Open sets the flag and lets go of everybody who is held. What was done before
// Open is seen by all who have passed. To open an open gate does nothing.
func (g *Gate) Open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.opens++; g.opens == 1 {
		g.flag.Store(true)
		close(g.open)
	}
}

// IsOpen tells whether the gate is open. Whoever has passed finds it open, and so
// does whoever comes back from Open.
func (g *Gate) IsOpen() bool {
	return g.flag.Load()
}
