package testing

import (
	"runtime"
	"sync"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/sched"
	"heisenkata/grader/internal/explore/rt/wire"
)

// state is what several goroutines touch of a T without the race detector
// seeing it.
type state struct {
	guard    guard
	done     bool // the function, its subtests and cleanups are over
	asked    bool // the context is in use
	said     string
	cleanups *cleanup // the last one first
	subs     *sub     // parallel subtests that wait, the last one first
	helpers  *helper
	dirs     int
}

// cleanup is a function to call at the end. Its address carries the
// happens-before edge from its registration to its call.
type cleanup struct {
	f     func()
	below *cleanup
}

type sub struct {
	t     *T
	below *sub
}

// helper is a call of Helper, by where it came from.
type helper struct {
	pc   uintptr
	next *helper
}

//go:norace
func (s *state) addHelper(pc uintptr) {
	s.guard.lock()
	defer s.guard.unlock()
	for h := s.helpers; h != nil; h = h.next {
		if h.pc == pc {
			return
		}
	}
	s.helpers = &helper{pc, s.helpers}
}

//go:norace
func (s *state) isHelper(name string) bool {
	s.guard.lock()
	defer s.guard.unlock()
	for h := s.helpers; h != nil; h = h.next {
		f, _ := runtime.CallersFrames([]uintptr{h.pc}).Next()
		if wire.AuthorsName(f.Function) == name {
			return true
		}
	}
	return false
}

//go:norace
func (s *state) isDone() bool { return s.done }

//go:norace
func (s *state) setDone() { s.done = true }

//go:norace
func (s *state) askContext() { s.asked = true }

//go:norace
func (s *state) contextAsked() bool { return s.asked }

//go:norace
func (s *state) say(text string) {
	s.guard.lock()
	s.said = text
	s.guard.unlock()
}

//go:norace
func (s *state) lastSaid() string {
	s.guard.lock()
	defer s.guard.unlock()
	return s.said
}

//go:norace
func (s *state) nextDir() int {
	s.guard.lock()
	defer s.guard.unlock()
	s.dirs++
	return s.dirs
}

//go:norace
func (s *state) push(f func()) {
	c := &cleanup{f: f}
	sched.Release(unsafe.Pointer(c))
	s.guard.lock()
	c.below = s.cleanups
	s.cleanups = c
	s.guard.unlock()
}

// pop takes the cleanup that was registered last, or returns nil.
//
//go:norace
func (s *state) pop() func() {
	s.guard.lock()
	c := s.cleanups
	if c != nil {
		s.cleanups = c.below
	}
	s.guard.unlock()
	if c == nil {
		return nil
	}
	sched.Acquire(unsafe.Pointer(c))
	return c.f
}

//go:norace
func (s *state) hasCleanups() bool { return s.cleanups != nil }

//go:norace
func (s *state) addSub(t *T) {
	s.guard.lock()
	s.subs = &sub{t: t, below: s.subs}
	s.guard.unlock()
}

//go:norace
func (s *state) hasSubs() bool { return s.subs != nil }

// takeSub takes a parallel subtest, or returns nil.
//
//go:norace
func (s *state) takeSub() *T {
	if s.subs == nil {
		return nil
	}
	t := s.subs.t
	s.subs = s.subs.below
	return t
}

// guard is a lock that the race detector does not see. Nothing waits while it
// is held, so it is never contended under control.
type guard struct{ mu sync.Mutex }

func (g *guard) lock() {
	sched.Off()
	g.mu.Lock()
	sched.On()
}

func (g *guard) unlock() {
	sched.Off()
	g.mu.Unlock()
	sched.On()
}
