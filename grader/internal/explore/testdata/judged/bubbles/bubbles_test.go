// Package bubbles has tests that make bubbles of their own, in which time is exact.
package bubbles

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// choice gives the explorer something to choose.
func choice() {
	done := make(chan bool)
	go func() { done <- true }()
	<-done
}

// A timer that is stopped and set anew is not late.
//
// want: pass
func TestSetAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		choice()
		start := time.Now()
		timer := time.NewTimer(10 * time.Millisecond)
		timer.Stop()
		timer.Reset(10 * time.Millisecond)
		<-timer.C
		if d := time.Since(start); d != 10*time.Millisecond {
			t.Error(d)
		}
	})
}

// Nor are timers that are due at the same time, and what is set after that.
//
// want: pass
func TestSameTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		choice()
		start := time.Now()
		one, two := time.NewTimer(time.Second), time.NewTimer(time.Second)
		called := make(chan time.Duration, 1)
		time.AfterFunc(time.Second, func() { called <- time.Since(start) })
		ctx, cancel := context.WithDeadline(t.Context(), start.Add(time.Second))
		defer cancel()
		<-one.C
		<-two.C
		if d := <-called; d != time.Second {
			t.Error("the function:", d)
		}
		<-ctx.Done()
		if d := time.Since(start); d != time.Second {
			t.Error(d)
		}
		later, stop := context.WithDeadline(t.Context(), start.Add(2*time.Second))
		defer stop()
		time.Sleep(time.Second)
		if d := time.Since(start); d != 2*time.Second {
			t.Error("after a pause:", d)
		}
		<-later.Done()
		if d := time.Since(start); d != 2*time.Second {
			t.Error("at a later deadline:", d)
		}
	})
}
