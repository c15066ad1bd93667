package sync

import (
	"sync"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/sched"
)

// RWMutex stands for sync.RWMutex, as Mutex does for sync.Mutex. Like the real
// one it prefers writers: one that waits keeps new readers out, and when it
// unlocks, the readers that wait get in before the next writer.
type RWMutex struct {
	real sync.RWMutex
	st   rwState
}

// Lock locks rw for writing.
func (rw *RWMutex) Lock() {
	sched.Park(sched.OpLock, 0, unsafe.Pointer(rw), &rw.st.writer, 0)
	if rw.st.announce() {
		sched.Park(sched.OpAdmitted, 0, unsafe.Pointer(rw), (*drained)(&rw.st), 0)
	}
	rw.real.Lock()
}

// TryLock tries to lock rw for writing and reports whether it succeeded.
func (rw *RWMutex) TryLock() bool {
	sched.Park(sched.OpTryLock, 0, unsafe.Pointer(rw), nil, 0)
	if rw.st.busy() || !rw.real.TryLock() {
		return sched.Returned("TryLock", false)
	}
	rw.st.writer.take()
	return sched.Returned("TryLock", true)
}

// Unlock unlocks rw for writing.
func (rw *RWMutex) Unlock() {
	sched.Park(sched.OpUnlock, 0, unsafe.Pointer(rw), nil, 0)
	if !rw.st.unlock() && sched.Active() && (rw.st.read() || rw.free()) {
		panic("fatal error: sync: Unlock of unlocked RWMutex")
	}
	rw.real.Unlock()
}

// RLock locks rw for reading.
func (rw *RWMutex) RLock() {
	sched.Park(sched.OpRLock, 0, unsafe.Pointer(rw), nil, 0)
	if w := rw.st.queue(); w != nil {
		sched.Park(sched.OpRAdmitted, 0, unsafe.Pointer(rw), w, 0)
	}
	rw.real.RLock()
	rw.st.enter()
}

// TryRLock tries to lock rw for reading and reports whether it succeeded.
func (rw *RWMutex) TryRLock() bool {
	sched.Park(sched.OpTryLock, 0, unsafe.Pointer(rw), nil, 0)
	if rw.st.writer.is() || !rw.real.TryRLock() {
		return sched.Returned("TryRLock", false)
	}
	rw.st.admit()
	rw.st.enter()
	return sched.Returned("TryRLock", true)
}

// RUnlock undoes a single RLock.
func (rw *RWMutex) RUnlock() {
	sched.Park(sched.OpRUnlock, 0, unsafe.Pointer(rw), nil, 0)
	if !rw.st.leave() && sched.Active() && (rw.st.writer.is() || rw.free()) {
		panic("fatal error: sync: RUnlock of unlocked RWMutex")
	}
	rw.real.RUnlock()
}

// free tells whether the real lock is free, under control or not.
func (rw *RWMutex) free() bool {
	if !rw.real.TryLock() {
		return false
	}
	rw.real.Unlock()
	return true
}

// RLocker returns a Locker that locks rw for reading.
func (rw *RWMutex) RLocker() Locker { return (*rlocker)(rw) }

type rlocker RWMutex

func (r *rlocker) Lock()   { (*RWMutex)(r).RLock() }
func (r *rlocker) Unlock() { (*RWMutex)(r).RUnlock() }

// namedReaders is how many readers of a lock are known by name, for reports.
const namedReaders = 4

// rwState is an RWMutex as goroutines under control see it.
type rwState struct {
	writer  hold   // by the writer that has it, or that waits for readers to leave
	readers int    // that have it, or may go on to
	waiting int    // readers that wait for the writer
	turn    uint32 // how often a writer has unlocked
	by      [namedReaders]*sched.G
}

// announce makes the calling goroutine the writer, and tells whether it has to
// wait for readers.
//
//go:norace
func (s *rwState) announce() bool {
	s.writer.take()
	return s.writer.locked && s.readers > 0
}

//go:norace
func (s *rwState) busy() bool { return s.writer.locked || s.readers > 0 }

//go:norace
func (s *rwState) read() bool { return s.readers > 0 }

// unlock ends the writer's turn: the readers that wait are in.
//
//go:norace
func (s *rwState) unlock() bool {
	if s.writer.locked && s.readers > 0 {
		return false // it still waits for them
	}
	if !s.writer.drop() {
		return false
	}
	s.readers, s.waiting = s.waiting, 0
	s.turn++
	return true
}

// queue lets the calling goroutine in as a reader, or tells what it has to wait for.
//
//go:norace
func (s *rwState) queue() *nextTurn {
	if s.writer.locked && sched.Active() {
		s.waiting++
		return &nextTurn{s: s, turn: s.turn}
	}
	s.admit()
	return nil
}

//go:norace
func (s *rwState) admit() {
	if sched.Active() {
		s.readers++
	}
}

// enter notes the calling goroutine as one of the readers.
//
//go:norace
func (s *rwState) enter() {
	g := sched.Self()
	for i := range s.by {
		if g != nil && s.by[i] == nil {
			s.by[i] = g
			return
		}
	}
}

// leave lets one reader out, and tells whether any was in.
//
//go:norace
func (s *rwState) leave() bool {
	if s.readers == 0 {
		return false
	}
	s.readers--
	g := sched.Self()
	for i := range s.by {
		if s.by[i] == g {
			s.by[i] = nil
			break
		}
	}
	return true
}

// drained is what a writer waits for: that all readers have left.
type drained rwState

// Ready tells whether they have.
//
//go:norace
func (d *drained) Ready() bool { return d.readers == 0 }

// Holder is one of the readers.
//
//go:norace
func (d *drained) Holder() *sched.G {
	for i := range d.by {
		if d.by[i] != nil {
			return d.by[i]
		}
	}
	return nil
}

// nextTurn is what a reader waits for: that the writer unlocks.
type nextTurn struct {
	s    *rwState
	turn uint32
}

// Ready tells whether it has.
//
//go:norace
func (n *nextTurn) Ready() bool { return n.s.turn != n.turn }

// Holder is the writer.
//
//go:norace
func (n *nextTurn) Holder() *sched.G { return n.s.writer.by }
