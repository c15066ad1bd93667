// Package sync stands in for package sync in instrumented code. Under control its
// operations are points and wait where the controller sees it; otherwise they are the real
// ones.
//
// Its types have the layout of the real ones, and what else is known about a value is kept
// beside it (sched.Kept): so nothing that code can ask, such as the capacity of a slice of
// locks, tells whether it is under control.
package sync

import (
	"sync"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/sched"
)

// Locker is sync.Locker.
type Locker = sync.Locker

// Mutex stands for sync.Mutex. The real one that it is gets locked as well: under
// control only when it is free, so that it never waits. From it come the
// happens-before edges, and the right order with goroutines that are not under
// control. A copy of a locked one is locked, too.
type Mutex sync.Mutex

// Lock locks m.
func (m *Mutex) Lock() {
	sched.Park(sched.OpLock, 0, unsafe.Pointer(m), (*free)(m), 0)
	m.real().Lock()
	take(unsafe.Pointer(m))
}

// TryLock tries to lock m and reports whether it succeeded.
func (m *Mutex) TryLock() bool {
	sched.Park(sched.OpTryLock, 0, unsafe.Pointer(m), nil, 0)
	if !m.real().TryLock() {
		sched.InVain()
		return sched.Returned("TryLock", false)
	}
	take(unsafe.Pointer(m))
	return sched.Returned("TryLock", true)
}

// Unlock unlocks m. That m is not locked ends the process in reality; under
// control it is a panic, which becomes a finding.
func (m *Mutex) Unlock() {
	sched.Park(sched.OpUnlock, 0, unsafe.Pointer(m), nil, 0)
	if sched.Keep(unsafe.Pointer(m), nil); sched.Active() && m.real().TryLock() {
		m.real().Unlock()
		panic("fatal error: sync: unlock of unlocked mutex")
	}
	m.real().Unlock()
}

func (m *Mutex) real() *sync.Mutex { return (*sync.Mutex)(m) }

// take notes that the calling goroutine has a lock, if it is under control.
//
//go:norace
func take(lock unsafe.Pointer) {
	if g := sched.Self(); g != nil {
		sched.Keep(lock, g)
	}
}

// free is what Lock waits for: that the Mutex is free.
type free Mutex

// Ready reports whether it is. One that a goroutine outside of control has locked counts
// as free: it is waited for in reality.
//
//go:norace
func (f *free) Ready() bool {
	return !locked((*sync.Mutex)(f)) || sched.Kept(unsafe.Pointer(f)) == nil && !sched.Alone()
}

// Holder is the goroutine that has locked it.
//
//go:norace
func (f *free) Holder() *sched.G {
	g, _ := sched.Kept(unsafe.Pointer(f)).(*sched.G)
	return g
}

// locked looks at the state of a Mutex, whose lowest bit is set when it is locked.
//
//go:norace
func locked(m *sync.Mutex) bool { return *(*int32)(unsafe.Pointer(m))&1 != 0 }

// noCopy makes go vet complain about copies.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}
