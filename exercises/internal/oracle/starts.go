package oracle

import (
	"bytes"
	"runtime"
	"testing"
	"time"
)

// AssertStartsNothing fails t if a function that was passed to time.AfterFunc is seen to run
// within the next interval, although all other goroutines have ended by now: a timer was set that
// nothing stops. It may run for a few steps only, so that only some schedules show it. The story
// says why nothing should start any more.
//
// Only in a synctest bubble and under the explorer is it known whether all others have ended.
// Elsewhere it does nothing, nor if the test has already failed.
func AssertStartsNothing(t testing.TB, every time.Duration, story string) {
	t.Helper()
	dump := make([]byte, 1<<16)
	alarmed := func() bool { // whether a timer has started a goroutine that is still there
		return bytes.Contains(dump[:runtime.Stack(dump, true)], []byte("\ncreated by time.goFunc"))
	}
	if t.Failed() || !othersAreBlocked() || alarmed() {
		return
	}
	present := runtime.NumGoroutine()
	time.Sleep(every * 9 / 10)
	for range 200 { // the explorer lets time pass if all that runs only yields
		if runtime.NumGoroutine() > present && alarmed() {
			t.Errorf("%s Nothing was left, and then a timer started a goroutine. Was it reset?", story)
			return
		}
		runtime.Gosched()
	}
}
