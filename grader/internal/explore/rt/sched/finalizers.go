package sched

import (
	"runtime"
	"sync"
	"time"
	"unsafe"
)

// finalizers are those of objects that were collected during a schedule.
type finalizers struct {
	mu  sync.Mutex
	due []func()
}

func (fs *finalizers) add(f func()) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.due = append(fs.due, f)
}

func (fs *finalizers) take() (due []func()) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	due, fs.due = fs.due, nil
	return due
}

// NoteFinalizer notes that the test has asked for a finalizer. What it returns is to be
// called when the object is collected, and keeps the finalizer until the test has ended.
//
//go:norace
func NoteFinalizer() (collected func(finalizer func())) {
	if c := at(); c != nil && !c.quiet {
		c.final = true
	}
	return Forgotten()
}

// Forgotten is NoteFinalizer for an object that has a finalizer without the test's doing.
//
//go:norace
func Forgotten() (collected func(finalizer func())) {
	c := at()
	if c == nil || c.quiet {
		return func(func()) {}
	}
	if c.finalizers == nil {
		c.finalizers = &finalizers{}
	}
	return c.finalizers.add
}

// NoteWeak records that the test has made a weak pointer. Its object may be collected only after
// the test's end.
//
//go:norace
func NoteWeak() {
	if c := at(); c != nil && !c.quiet {
		Forgotten()
		c.weak = true
	}
}

// NoteCollection records that the test asks for a collection. If it has finalizers, which
// run only after its end, it may wait for one.
//
//go:norace
func NoteCollection() {
	if c := at(); c != nil && c.final {
		c.collections++
	}
}

// manyCollections is how often a loop that waits for a finalizer asks for a collection.
const manyCollections = 10

// awaitsFinalizer reports whether what a schedule has come to may be due to a finalizer that
// was not called.
//
//go:norace
func (c *Controller) awaitsFinalizer(f *Finding) bool {
	switch f.Kind {
	case Wrong, Deadlock:
		return c.collections > 0
	case Panic:
		return c.collections > 0 && !runtimePanic(f.Stack)
	case Running:
		return c.collections >= manyCollections
	}
	return false
}

// sweep calls, once, the finalizers of what the test does not use any more, and tells
// whether there are any, or weak pointers that may be nil now. They may end goroutines that it
// seems to leave behind.
//
//go:norace
func (c *Controller) sweep() bool {
	if c.finalizers == nil || c.swept || sweeps == nil {
		return false
	}
	c.swept = true
	Off()
	sweeps <- struct{}{}
	<-swept
	On()
	due := c.finalizers.take()
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
	return len(due) > 0 || c.weak
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

// collect returns when finalizers and cleanups run after a collection, or none has for a second.
func collect() {
	finalized, cleaned := make(chan struct{}), make(chan struct{})
	type canary struct{ _ [16]*int }
	runtime.SetFinalizer(&canary{}, func(*canary) { close(finalized) })
	runtime.AddCleanup(&canary{}, func(done chan struct{}) { close(done) }, cleaned)
	runtime.GC()
	tooLong := time.After(time.Second)
	for _, done := range []chan struct{}{finalized, cleaned} {
		select {
		case <-done:
		case <-tooLong:
			return
		}
	}
}
