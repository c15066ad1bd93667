// Package oracle has what the tests of the exercises share: ways to prove, without a
// stopwatch, that work overlaps, that no goroutine waits forever, and that many
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
)

// Within runs fn. If fn does not return, it ends the process with a dump of all
// goroutines: they stay stuck, so no later test could be trusted.
// The message says what was expected to happen.
//
// A test binary started with -timeout=0 has no watchdog: there the Go runtime
// reports a deadlock immediately, and says what each goroutine waits for. A timer
// here would prevent that.
//
// fn runs on a goroutine of its own, so it uses assert, not require.
func Within(t testing.TB, fn func(), message string) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer func() {
			if r := recover(); r != nil {
				// If done were closed first, the test could pass and the process exit with 0 before
				// the panic ends it.
				panic(r)
			}
			close(done) // fn has returned, or called FailNow
		}()
		fn()
	}()
	if !watched(t) {
		<-done
		return
	}
	if stuck(done, patience) {
		debug.SetTraceback("all")
		panic("stuck: " + message)
	}
}

// Together runs fn(0) … fn(n-1) on n goroutines, starts all of them at the same time,
// and returns when all have ended.
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

// Meeting is a rendezvous: Arrive returns only once n goroutines have called it. Code
// that runs its work one after the other never gets there.
type Meeting struct {
	missing atomic.Int64
	all     chan struct{}
}

// NewMeeting returns a rendezvous for n goroutines. For use in a synctest bubble,
// create it there.
func NewMeeting(n int) *Meeting {
	m := &Meeting{all: make(chan struct{})}
	m.missing.Store(int64(n))
	return m
}

// Arrive waits until n goroutines have arrived. Later calls return immediately.
func (m *Meeting) Arrive() {
	if m.missing.Add(-1) == 0 {
		close(m.all)
	}
	<-m.all
}
