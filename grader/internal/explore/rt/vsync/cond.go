package sync

import (
	"sync"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/sched"
)

// Cond stands for sync.Cond. Under control it wakes in the order of waiting, as
// the real one does.
type Cond struct {
	noCopy noCopy

	// L is held while the condition is checked or changed.
	L Locker

	queue lazily[condState]
	_     [unsafe.Sizeof(sync.Cond{}) - unsafe.Sizeof(Locker(nil)) - unsafe.Sizeof(uintptr(0))]byte
}

// NewCond returns a Cond with the Locker l.
func NewCond(l Locker) *Cond { return &Cond{L: l} }

// Wait unlocks c.L, waits to be woken, and locks c.L.
func (c *Cond) Wait() {
	if !sched.Active() {
		c.native().Wait()
		return
	}
	s := c.state()
	sched.Park(sched.OpCondWait, 0, unsafe.Pointer(c), nil, 0)
	w := s.join()
	c.L.Unlock()
	sched.Park(sched.OpWoken, 0, unsafe.Pointer(c), w, 0)
	c.L.Lock()
}

// Signal wakes the goroutine that has waited longest.
func (c *Cond) Signal() {
	if !sched.Active() {
		c.native().Signal()
		return
	}
	s := c.state()
	sched.Park(sched.OpSignal, 0, unsafe.Pointer(c), nil, 0)
	s.wake()
}

// Broadcast wakes every goroutine that waits.
func (c *Cond) Broadcast() {
	if !sched.Active() {
		c.native().Broadcast()
		return
	}
	s := c.state()
	sched.Park(sched.OpBroadcast, 0, unsafe.Pointer(c), nil, 0)
	for s.wake() {
	}
}

// native is the real Cond. Its Locker is always the same value, so it does not
// matter which goroutine writes it.
//
//go:norace
func (c *Cond) native() *sync.Cond {
	real := &c.queue.get().real
	if real.L == nil {
		real.L = (*condLocker)(c)
	}
	return real
}

// condLocker locks the value that c.L has when it is called.
type condLocker Cond

func (c *condLocker) Lock()   { c.L.Lock() }
func (c *condLocker) Unlock() { c.L.Unlock() }

// condState is the queue of a Cond under control.
type condState struct {
	real       sync.Cond // for use out of control
	self       *Cond     // which has used it first
	head, tail *waiting
}

// waiting is one goroutine in the queue.
type waiting struct {
	woken bool
	next  *waiting
}

// Ready reports whether it has been woken.
//
//go:norace
func (w *waiting) Ready() bool { return w.woken }

// state is the queue of c. It panics if c was copied after its first use.
//
//go:norace
func (c *Cond) state() *condState {
	s := c.queue.get()
	if s.self == nil {
		s.self = c
	}
	if s.self != c {
		panic("sync.Cond is copied")
	}
	return s
}

//go:norace
func (s *condState) join() *waiting {
	w := &waiting{}
	if s.tail == nil {
		s.head = w
	} else {
		s.tail.next = w
	}
	s.tail = w
	return w
}

// wake wakes the first in the queue, and reports whether there was one.
//
//go:norace
func (s *condState) wake() bool {
	w := s.head
	if w == nil {
		return false
	}
	w.woken = true
	if s.head = w.next; s.head == nil {
		s.tail = nil
	}
	return true
}
