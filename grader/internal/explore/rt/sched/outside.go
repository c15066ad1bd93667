package sched

import (
	"sync"
	"time"
)

// outside knows the goroutines that instrumented code started before an
// exploration: by init functions, or by TestMain. They run as they like, and
// what they do is no point.
var outside outsiders

// maxOutside bounds how many are known; later ones are taken for adopted ones.
const maxOutside = 256

type outsiders struct {
	mu sync.Mutex
	n  int
	gs [maxOutside]uintptr
}

//go:norace
func (o *outsiders) holds(g uintptr) bool {
	for i := range o.n {
		if o.gs[i] == g {
			return true
		}
	}
	return false
}

//go:norace
func (o *outsiders) enter(g uintptr) {
	Off()
	defer On()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.n < maxOutside {
		o.gs[o.n] = g
		o.n++
	}
}

//go:norace
func (o *outsiders) leave(g uintptr) {
	Off()
	defer On()
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range o.n {
		if o.gs[i] == g {
			o.n--
			o.gs[i] = o.gs[o.n]
			return
		}
	}
}

// driven is closed when an exploration begins, so that a process which explores
// runs what its packages start in the background only in the bubble, where they
// start it again: outside, it would touch their variables beside the schedules.
var driven = make(chan struct{})

// headStart is how long what starts a goroutine before an exploration may go on
// without it. One that waits for the goroutine gets it then.
const headStart = 5 * time.Second

func runOutside(f func()) {
	if assignment.given {
		select {
		case <-driven:
			return
		case <-time.After(headStart):
		}
	}
	outside.enter(getg())
	defer outside.leave(getg())
	f()
}
