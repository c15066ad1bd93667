package sched

import (
	"runtime"
	"sync"
	"time"
	"unsafe"
)

// finalizers are those of objects that were collected, of the schedule that runs.
var finalizers struct {
	mu  sync.Mutex
	of  *Controller
	due []func()
}

// NoteFinalizer notes that the test has asked for a finalizer. What it returns is to be
// called when the object is collected, and keeps the finalizer until the test has ended.
//
//go:norace
func NoteFinalizer() (collected func(finalizer func())) {
	c := at()
	if c == nil || c.quiet {
		return func(func()) {}
	}
	c.final = true
	return func(f func()) {
		finalizers.mu.Lock()
		defer finalizers.mu.Unlock()
		if finalizers.of != c {
			finalizers.of, finalizers.due = c, nil
		}
		finalizers.due = append(finalizers.due, f)
	}
}

// Finalizers tells whether the test has asked for one.
//
//go:norace
func Finalizers() bool {
	c := at()
	return c != nil && c.final
}

// sweep calls, once, the finalizers of what the test does not use any more, and tells
// whether there are any. They may end goroutines that it seems to leave behind.
//
//go:norace
func (c *Controller) sweep() bool {
	if !c.final || c.swept || sweeps == nil {
		return false
	}
	c.swept = true
	Off()
	sweeps <- struct{}{}
	<-swept
	On()
	finalizers.mu.Lock()
	due := finalizers.due
	if finalizers.of != c {
		due = nil
	}
	finalizers.due = nil
	finalizers.mu.Unlock()
	for _, f := range due {
		Off()
		g := c.register()
		g.adopted = true
		On()
		go c.run(g, 0, func() {
			if RaceOn {
				Acquire(unsafe.Pointer(&epoch)) // whatever was done with the object comes first
			}
			f()
		})
	}
	c.endedAt, c.idleAfter = c.steps, 0
	return len(due) > 0
}

// Collections are asked for and done outside of bubbles: the runtime calls finalizers in
// real time.
var sweeps, swept chan struct{}

// collectForSweeps does what sweep asks for.
func collectForSweeps(sweeps <-chan struct{}, swept chan<- struct{}) {
	for range sweeps {
		for range 2 { // when the second is through, so are the finalizers of the first
			collect()
		}
		swept <- struct{}{}
	}
}

// collect returns when finalizers run after a collection, or none has for a second.
func collect() {
	done := make(chan struct{})
	type canary struct{ _ [16]*int }
	runtime.SetFinalizer(&canary{}, func(*canary) { close(done) })
	runtime.GC()
	select {
	case <-done:
	case <-time.After(time.Second):
	}
}
