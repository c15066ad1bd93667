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

	real sync.Cond
	st   condState
}

// NewCond returns a Cond with the Locker l.
func NewCond(l Locker) *Cond { return &Cond{L: l} }

// Wait unlocks c.L, waits to be woken, and locks c.L.
func (c *Cond) Wait() {
	if !sched.Active() {
		c.native().Wait()
		return
	}
	c.st.check()
	sched.Park(sched.OpCondWait, 0, unsafe.Pointer(c), nil, 0)
	w := c.st.join()
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
	c.st.check()
	sched.Park(sched.OpSignal, 0, unsafe.Pointer(c), nil, 0)
	c.st.wake()
}

// Broadcast wakes every goroutine that waits.
func (c *Cond) Broadcast() {
	if !sched.Active() {
		c.native().Broadcast()
		return
	}
	c.st.check()
	sched.Park(sched.OpBroadcast, 0, unsafe.Pointer(c), nil, 0)
	for c.st.wake() {
	}
}

// native is the real Cond. Its Locker is always the same value, so it does not
// matter which goroutine writes it.
//
//go:norace
func (c *Cond) native() *sync.Cond {
	if c.real.L == nil {
		c.real.L = (*condLocker)(c)
	}
	return &c.real
}

// condLocker locks the value that c.L has when it is called.
type condLocker Cond

func (c *condLocker) Lock()   { c.L.Lock() }
func (c *condLocker) Unlock() { c.L.Unlock() }

// condState is the queue of a Cond under control.
type condState struct {
	self       *condState // where it was used first
	head, tail *waiting
}

// waiting is one goroutine in the queue.
type waiting struct {
	woken bool
	next  *waiting
}

// Ready tells whether it has been woken.
//
//go:norace
func (w *waiting) Ready() bool { return w.woken }

// check panics if the Cond was copied after its first use.
//
//go:norace
func (s *condState) check() {
	if s.self == nil {
		s.self = s
	}
	if s.self != s {
		panic("sync.Cond is copied")
	}
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

// wake wakes the first in the queue, and tells whether there was one.
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
