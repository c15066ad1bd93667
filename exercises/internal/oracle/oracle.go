// Package oracle holds what the exercises' tests share: ways to prove, without
// a stopwatch, that work overlaps, that nobody waits for ever, and that many
// goroutines really start together.
//
// It is for tests only. It never makes code under test pass or fail by luck:
// a rendezvous either happens or cannot happen.
package oracle

import (
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// patience is how long Within waits before it calls a test stuck. What it
// guards takes microseconds; the length only keeps a crowded machine from
// being taken for a deadlock.
const patience = 10 * time.Second

// Within runs fn and ends the process, with a dump of all goroutines, if fn does
// not come back: what is stuck stays stuck, and no later test could be trusted.
// The message says what was expected to happen.
//
// A test binary started with -timeout=0 has no watchdog: there the Go runtime
// itself reports a deadlock at once, and names who waits for what. A timer here
// would keep the runtime from seeing it.
//
// fn runs on a goroutine of its own, so it uses assert, not require.
func Within(t testing.TB, fn func(), message string) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer func() {
			if r := recover(); r != nil {
				// Had done been closed, the test could end well and the process
				// leave with 0 before the panic has brought it down.
				panic(r)
			}
			close(done) // fn has returned, or left by FailNow
		}()
		fn()
	}()
	select {
	case <-done:
	case <-watchdog(t):
		debug.SetTraceback("all")
		panic("stuck: " + message)
	}
}

// watchdog fires when patience is over; it is nil, and never fires, in a test
// binary without a deadline.
func watchdog(t testing.TB) <-chan time.Time {
	limited, ok := t.(interface{ Deadline() (time.Time, bool) })
	if !ok {
		return time.After(patience)
	}
	if _, ok := limited.Deadline(); !ok {
		return nil
	}
	return time.After(patience)
}

// Together runs fn(0) … fn(n-1) on n goroutines, holds all of them at a
// starting line until the last has arrived, and returns when all have ended.
func Together(n int, fn func(i int)) {
	var line atomic.Int64
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			line.Add(1)
			for line.Load() < int64(n) {
				runtime.Gosched()
			}
			fn(i)
		})
	}
	group.Wait()
}

// Meeting is a rendezvous: nobody leaves Arrive before n have come. Code that
// runs its parties one after the other can never get them all there.
type Meeting struct {
	missing atomic.Int64
	all     chan struct{}
}

// NewMeeting returns a rendezvous of n parties. Within a synctest bubble, make
// it inside the bubble.
func NewMeeting(n int) *Meeting {
	m := &Meeting{all: make(chan struct{})}
	m.missing.Store(int64(n))
	return m
}

// Arrive waits until n parties have arrived. Those who come later pass.
func (m *Meeting) Arrive() {
	if m.missing.Add(-1) == 0 {
		close(m.all)
	}
	<-m.all
}
