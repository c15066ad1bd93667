package sync

import (
	"sync"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/sched"
)

// RWMutex stands for sync.RWMutex, as Mutex does for sync.Mutex. Like the real
// one it prefers writers: one that waits keeps new readers out, and when it
// unlocks, the readers that wait get in before the next writer.
type RWMutex sync.RWMutex

// Lock locks rw for writing.
func (rw *RWMutex) Lock() {
	sched.Park(sched.OpLock, 0, unsafe.Pointer(rw), (*unwritten)(rw), 0)
	if s := rw.state(); s.announce() {
		sched.Park(sched.OpAdmitted, 0, unsafe.Pointer(rw), (*drained)(s), 0)
	}
	rw.real().Lock()
}

// TryLock tries to lock rw for writing and reports whether it succeeded.
func (rw *RWMutex) TryLock() bool {
	sched.Park(sched.OpTryLock, 0, unsafe.Pointer(rw), nil, 0)
	s := rw.state()
	if s.busy() || !rw.real().TryLock() {
		s.rest(rw)
		sched.InVain()
		return sched.Returned("TryLock", false)
	}
	s.announce()
	return sched.Returned("TryLock", true)
}

// Unlock unlocks rw for writing.
func (rw *RWMutex) Unlock() {
	sched.Park(sched.OpUnlock, 0, unsafe.Pointer(rw), nil, 0)
	s := rw.state()
	if !s.unlock() && sched.Active() && (s.read() || rw.free()) {
		panic("fatal error: sync: Unlock of unlocked RWMutex")
	}
	s.rest(rw)
	rw.real().Unlock()
}

// RLock locks rw for reading.
func (rw *RWMutex) RLock() {
	sched.Park(sched.OpRLock, 0, unsafe.Pointer(rw), nil, 0)
	s := rw.state()
	if w := s.queue(); w != nil {
		sched.Park(sched.OpRAdmitted, 0, unsafe.Pointer(rw), w, 0)
	}
	rw.real().RLock()
	s.enter()
}

// TryRLock tries to lock rw for reading and reports whether it succeeded.
func (rw *RWMutex) TryRLock() bool {
	sched.Park(sched.OpTryLock, 0, unsafe.Pointer(rw), nil, 0)
	s := rw.state()
	if s.written() || !rw.real().TryRLock() {
		s.rest(rw)
		sched.InVain()
		return sched.Returned("TryRLock", false)
	}
	s.admit()
	s.enter()
	return sched.Returned("TryRLock", true)
}

// RUnlock undoes a single RLock.
func (rw *RWMutex) RUnlock() {
	sched.Park(sched.OpRUnlock, 0, unsafe.Pointer(rw), nil, 0)
	s := rw.state()
	if !s.leave() && sched.Active() && (s.written() || rw.free()) {
		panic("fatal error: sync: RUnlock of unlocked RWMutex")
	}
	s.rest(rw)
	rw.real().RUnlock()
}

func (rw *RWMutex) real() *sync.RWMutex { return (*sync.RWMutex)(rw) }

// state is rw as goroutines under control see it. One that is not in use has a new one.
//
//go:norace
func (rw *RWMutex) state() *rwState {
	s := rw.known()
	if s == nil {
		s = &rwState{}
	}
	sched.Keep(unsafe.Pointer(rw), s)
	return s
}

// known is the state of one that is in use, also if it is the copy of one, or nil.
//
//go:norace
func (rw *RWMutex) known() *rwState {
	if s, _ := sched.Kept(unsafe.Pointer(rw)).(*rwState); s != nil {
		return s
	}
	if !sched.Alone() {
		return nil
	}
	switch n := readers(rw.real()); {
	case n < 0:
		return &rwState{writer: true}
	case n > 0:
		return &rwState{readers: int(n)}
	}
	return nil
}

// readers is how many have locked it for reading; negative if it is locked for writing.
//
//go:norace
func readers(rw *sync.RWMutex) int32 {
	return (*struct {
		w                       [2]int32
		writerSem, readerSem    uint32
		readerCount, readerWait int32
	})(unsafe.Pointer(rw)).readerCount
}

// free reports whether the real lock is free, under control or not.
func (rw *RWMutex) free() bool {
	if !rw.real().TryLock() {
		return false
	}
	rw.real().Unlock()
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
	writer  bool // there is one that has it, or that waits for readers to leave
	writing *sched.G
	readers int    // that have it, or may go on to
	waiting int    // readers that wait for the writer
	turn    uint32 // how often a writer has unlocked
	by      [namedReaders]*sched.G
}

// rest forgets the state of rw if that is not in use.
//
//go:norace
func (s *rwState) rest(rw *RWMutex) {
	if !s.busy() && s.waiting == 0 {
		sched.Keep(unsafe.Pointer(rw), nil)
	}
}

// announce makes the calling goroutine the writer, and reports whether it has to
// wait for readers.
//
//go:norace
func (s *rwState) announce() bool {
	if g := sched.Self(); g != nil {
		s.writer, s.writing = true, g
	}
	return s.writer && s.readers > 0
}

//go:norace
func (s *rwState) busy() bool { return s.writer || s.readers > 0 }

//go:norace
func (s *rwState) read() bool { return s.readers > 0 }

//go:norace
func (s *rwState) written() bool { return s.writer }

// unlock ends the writer's turn: the readers that wait are in.
//
//go:norace
func (s *rwState) unlock() bool {
	if !s.writer || s.readers > 0 { // or it still waits for them
		return false
	}
	s.writer, s.writing = false, nil
	s.readers, s.waiting = s.waiting, 0
	s.turn++
	return true
}

// queue lets the calling goroutine in as a reader, or tells what it has to wait for.
//
//go:norace
func (s *rwState) queue() *nextTurn {
	if s.writer && sched.Active() {
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

// leave lets one reader out, and reports whether any was in.
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

// unwritten is what Lock waits for first: that no other has it or waits for it to write.
type unwritten RWMutex

// Ready reports whether that is so.
//
//go:norace
func (u *unwritten) Ready() bool {
	s := (*RWMutex)(u).known()
	return s == nil || !s.writer
}

// Holder is the writer.
//
//go:norace
func (u *unwritten) Holder() *sched.G {
	if s := (*RWMutex)(u).known(); s != nil {
		return s.writing
	}
	return nil
}

// drained is what a writer waits for: that all readers have left.
type drained rwState

// Ready reports whether they have.
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

// Ready reports whether it has.
//
//go:norace
func (n *nextTurn) Ready() bool { return n.s.turn != n.turn }

// Holder is the writer.
//
//go:norace
func (n *nextTurn) Holder() *sched.G { return n.s.writing }
