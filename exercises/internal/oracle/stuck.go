package oracle

import (
	"runtime/debug"
	"testing"
	"time"
)

// A watch says when a call counts as stuck. It counts looks instead of reading the clock: a
// machine that stands still for a minute, as virtual machines do, costs one look, and a
// busy one makes them late.
type watch struct {
	every time.Duration // between two looks
	first int           // looks before it matters whether anything can run
	quiet int           // looks in a row at which nothing can run: a deadlock
	most  int           // looks after which a call is stuck, whatever it does
}

// patience ends a deadlock after eleven seconds. What can still run gets a minute: on a busy
// machine, what takes microseconds has taken three seconds.
var patience = watch{every: 100 * time.Millisecond, first: 100, quiet: 10, most: 600}

// morePatience gives a watch of its own the time to say more about what is stuck.
var morePatience = watch{every: patience.every, first: patience.first + 20, quiet: patience.quiet, most: patience.most + 20}

// endIfStuck ends the process with a dump of all goroutines if done is not closed, unless
// the runtime would.
func endIfStuck(t testing.TB, done <-chan struct{}) {
	if !watched(t) {
		return
	}
	go func() {
		if stuck(done, morePatience) {
			debug.SetTraceback("all")
			panic("stuck: a goroutine waits for a lock that is never released, or runs on and on")
		}
	}()
}

// watched reports whether the test binary has a deadline. Without one it reports a deadlock
// itself, unless a timer is set.
func watched(t testing.TB) bool {
	limited, ok := t.(interface{ Deadline() (time.Time, bool) })
	if !ok {
		return true
	}
	_, ok = limited.Deadline()
	return ok
}

// stuck waits for done, and reports whether it gave up.
func stuck(done <-chan struct{}, w watch) bool {
	quiet := 0
	for look := 0; look < w.most && quiet < w.quiet; look++ {
		select {
		case <-done:
			return false
		case <-time.After(w.every):
		}
		if quiet++; look < w.first || someIn(allStacks()[1:], busy) {
			quiet = 0
		}
	}
	return true
}

// busy are the states of goroutines that run, or will as soon as the machine lets them.
var busy = map[string]bool{
	"running": true, "runnable": true, "preempted": true, "copystack": true,
	"GC assist marking": true, "GC assist wait": true,
}
