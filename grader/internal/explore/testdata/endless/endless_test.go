// Package endless has tests that do not end, each in a way of its own. The loop
// that keeps a test from its end names it.
package endless

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// both runs f in two goroutines, and waits for them.
func both(f func()) {
	var group sync.WaitGroup
	group.Go(f)
	group.Go(f)
	group.Wait()
}

func TestEmpty(*testing.T) {
	both(func() {
		for { // endless: TestEmpty
		}
	})
}

func TestCounts(*testing.T) {
	both(func() {
		for i := 0; i >= 0; i = (i + 1) % 1000 { // endless: TestCounts
		}
	})
}

func TestPlainFlag(*testing.T) {
	busy := false
	both(func() {
		for busy { // endless: TestPlainFlag
		}
		busy = true
	})
}

func TestGivesWay(*testing.T) {
	both(func() {
		ok := false
		for !ok { // endless: TestGivesWay
			runtime.Gosched()
		}
	})
}

func TestAtomicFlag(*testing.T) {
	var busy atomic.Bool
	both(func() {
		for busy.Load() { // endless: TestAtomicFlag
		}
		busy.Store(true)
	})
}

func TestLocksInside(*testing.T) {
	var mu sync.Mutex
	done := false
	both(func() {
		for { // endless: TestLocksInside
			mu.Lock()
			ok := done
			mu.Unlock()
			if ok {
				return
			}
		}
	})
}

func TestNeverSwaps(*testing.T) {
	var lock atomic.Int32
	both(func() {
		for !lock.CompareAndSwap(1, 2) { // endless: TestNeverSwaps
		}
	})
}

func TestSleeps(*testing.T) {
	var done atomic.Bool
	both(func() {
		for !done.Load() { // endless: TestSleeps
			time.Sleep(time.Millisecond)
		}
	})
}

// try calls f a few times.
func try(f func() bool) bool {
	for range 3 {
		if f() {
			return true
		}
	}
	return false
}

// The loop within ends each time.
func TestInnerLoopEnds(*testing.T) {
	var done atomic.Bool
	both(func() {
		for !try(done.Load) { // endless: TestInnerLoopEnds
			runtime.Gosched()
		}
	})
}

// The others wait for a lock, which is no deadlock.
func TestWhileItHoldsALock(*testing.T) {
	var mu sync.Mutex
	both(func() {
		mu.Lock()
		defer mu.Unlock()
		for { // endless: TestWhileItHoldsALock
			runtime.Gosched()
		}
	})
}

// Each undoes what the other waits for.
func TestLivelock(*testing.T) {
	var turn atomic.Int32
	var group sync.WaitGroup
	group.Go(func() {
		for turn.Load() != 3 { // endless: TestLivelock
			turn.Store(1)
		}
	})
	group.Go(func() {
		for turn.Load() != 4 { // endless: TestLivelock
			turn.Store(2)
		}
	})
	group.Wait()
}

// A lock that spins is no endless loop.
func TestSpinsAndEnds(*testing.T) {
	var lock atomic.Bool
	n := 0
	both(func() {
		for !lock.CompareAndSwap(false, true) {
			runtime.Gosched()
		}
		n++
		lock.Store(false)
	})
}

func TestDeadlocks(*testing.T) {
	var a, b sync.Mutex
	both(func() {
		a.Lock()
		b.Lock()
	})
}
