// Package sync stands for the package sync of instrumented code. Under control
// its operations are points and wait where the controller sees it; otherwise
// they are the real ones.
package sync

import (
	"sync"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/sched"
)

// Locker is sync.Locker.
type Locker = sync.Locker

// Mutex stands for sync.Mutex. The real one inside is locked as well: under
// control only when it is free, so that it never waits. From it come the
// happens-before edges, and the right order with goroutines that are not under
// control.
type Mutex struct {
	real sync.Mutex
	held hold
}

// Lock locks m.
func (m *Mutex) Lock() {
	sched.Park(sched.OpLock, 0, unsafe.Pointer(m), &m.held, 0)
	m.real.Lock()
	m.held.take()
}

// TryLock tries to lock m and reports whether it succeeded.
func (m *Mutex) TryLock() bool {
	sched.Park(sched.OpTryLock, 0, unsafe.Pointer(m), nil, 0)
	if !m.real.TryLock() {
		return sched.Returned("TryLock", false)
	}
	m.held.take()
	return sched.Returned("TryLock", true)
}

// Unlock unlocks m. That m is not locked ends the process in reality; under
// control it is a panic, which becomes a finding.
func (m *Mutex) Unlock() {
	sched.Park(sched.OpUnlock, 0, unsafe.Pointer(m), nil, 0)
	if !m.held.drop() && sched.Active() && m.real.TryLock() {
		m.real.Unlock()
		panic("fatal error: sync: unlock of unlocked mutex")
	}
	m.real.Unlock()
}

// hold is which goroutines under control hold a lock.
type hold struct {
	locked bool
	by     *sched.G
}

// Ready tells whether the lock is free.
//
//go:norace
func (h *hold) Ready() bool { return !h.locked }

// Holder is the goroutine that has locked it.
//
//go:norace
func (h *hold) Holder() *sched.G { return h.by }

// is tells whether the lock is held.
//
//go:norace
func (h *hold) is() bool { return h.locked }

// take notes that the calling goroutine has the lock, if it is under control.
//
//go:norace
func (h *hold) take() {
	if g := sched.Self(); g != nil {
		h.locked, h.by = true, g
	}
}

// drop forgets who has the lock, and tells whether any goroutine had it.
//
//go:norace
func (h *hold) drop() bool {
	was := h.locked
	if was {
		h.locked, h.by = false, nil
	}
	return was
}

// noCopy makes go vet complain about copies.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}
