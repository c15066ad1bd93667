package sync

import (
	"sync"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/sched"
	"heisenkata/grader/internal/explore/rt/search"
)

// WaitGroup stands for sync.WaitGroup. Under control the real one that it is only
// lends its memory: used itself it would belong to one bubble for good when a schedule
// is given up.
type WaitGroup sync.WaitGroup

func (wg *WaitGroup) real() *sync.WaitGroup { return (*sync.WaitGroup)(wg) }

func (wg *WaitGroup) st() *wgState { return (*wgState)(unsafe.Pointer(wg)) }

// Add adds delta to the counter.
func (wg *WaitGroup) Add(delta int) {
	if !sched.Active() {
		wg.real().Add(delta)
		return
	}
	if delta < 0 {
		sched.Park(sched.OpDone, 0, unsafe.Pointer(wg), (*taken)(wg.st()), 0)
	} else {
		sched.Park(sched.OpAdd, 0, unsafe.Pointer(wg), nil, 0)
	}
	if misuse := wg.st().add(unsafe.Pointer(wg), int32(delta)); misuse != "" {
		panic(misuse)
	}
}

// Done takes one from the counter.
func (wg *WaitGroup) Done() { wg.Add(-1) }

// Wait waits until the counter is zero.
func (wg *WaitGroup) Wait() {
	if !sched.Active() {
		wg.real().Wait()
		return
	}
	sched.Park(sched.OpWait, 0, unsafe.Pointer(wg), nil, 0)
	reused := false
	if w := wg.st().wait(); w != nil {
		sched.Park(sched.OpWaited, 0, unsafe.Pointer(wg), w, 0)
		reused = wg.st().used()
	}
	sched.Acquire(unsafe.Pointer(wg))
	if reused {
		panic("sync: WaitGroup is reused before previous Wait has returned")
	}
}

// Go calls f in a new goroutine that the group counts. As with the real one, a
// panic of f does not count as done.
func (wg *WaitGroup) Go(f func()) {
	wg.Add(1)
	sched.Go(0, func() {
		defer func() {
			if x := recover(); x != nil {
				panic(x)
			}
			wg.Done()
		}()
		f()
	})
}

// wgState is a WaitGroup as goroutines under control see it, laid out as the real one:
// the halves of its state, its semaphore, and what it leaves free for the sake of
// alignment.
type wgState struct {
	waiters int32
	n       int32
	sema    uint32 // where an Add from zero and the first Wait meet, for the race detector
	round   uint32 // how often the counter has come down to zero while a goroutine waited
}

// add changes the counter, and says what is wrong with that.
//
//go:norace
func (s *wgState) add(wg unsafe.Pointer, delta int32) (misuse string) {
	if delta < 0 {
		sched.ReleaseMerge(wg)
	}
	s.n += delta
	first := delta > 0 && s.n == delta
	if first {
		sched.RaceRead(unsafe.Pointer(&s.sema))
	}
	switch {
	case s.n < 0:
		return "sync: negative WaitGroup counter"
	case first && s.waiters > 0:
		return "sync: WaitGroup misuse: Add called concurrently with Wait"
	case s.n == 0 && s.waiters > 0:
		s.waiters = 0
		s.round++
	}
	return ""
}

// taken is what a Done touches: the waiters if there are any, and else nothing that
// shows, since the counter is the same whatever order it is counted down in.
type taken wgState

// Ready tells that a Done never waits.
//
//go:norace
func (*taken) Ready() bool { return true }

// Kind is how it touches the group now.
//
//go:norace
func (t *taken) Kind() search.Kind {
	switch {
	case t.n <= 0:
		return search.Write
	case t.waiters > 0:
		return search.Read
	}
	return search.Free
}

// wait counts the calling goroutine among those that wait, or returns nil if it
// need not.
//
//go:norace
func (s *wgState) wait() *roundOver {
	if s.n == 0 {
		return nil
	}
	if s.waiters == 0 {
		sched.RaceWrite(unsafe.Pointer(&s.sema))
	}
	s.waiters++
	return &roundOver{s: s, round: s.round}
}

// used reports whether the group is in use again.
//
//go:norace
func (s *wgState) used() bool { return s.n != 0 || s.waiters != 0 }

// roundOver is what a Wait waits for.
type roundOver struct {
	s     *wgState
	round uint32
}

// Ready reports whether the counter has been zero since.
//
//go:norace
func (r *roundOver) Ready() bool { return r.s.round != r.round }
