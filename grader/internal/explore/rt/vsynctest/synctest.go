// Package synctest stands in for package testing/synctest in instrumented code. A test
// under control is in a bubble already, so there is none of its own.
package synctest

import (
	"testing/synctest"

	"heisenkata/grader/internal/explore/rt/sched"
	"heisenkata/grader/internal/explore/rt/vtesting"
)

// A test that makes bubbles may expect the date at which one begins.
func init() { sched.StartAtMidnight() }

// Test runs f with a T of its own, and waits until every other goroutine waits for
// something. The real one waits until all goroutines that f has started are
// gone; those that never go are a leak here, found at the end of the test.
func Test(t *testing.T, f func(*testing.T)) {
	resume := sched.Still()
	ok := testing.Bubble(t, f)
	sched.WaitIdle()
	resume()
	if !ok {
		t.FailNow()
	}
}

// Wait waits until every other goroutine waits for something.
func Wait() {
	if !sched.Active() {
		synctest.Wait() // which says what is wrong with that
		return
	}
	sched.WaitIdle()
}
