package passes

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// work looks at the clock as often as a server that logs.
func work(times int) {
	var mu sync.Mutex
	start := time.Now()
	for range times {
		mu.Lock()
		_ = time.Since(start)
		mu.Unlock()
	}
}

// A lost update comes after some work, which is no reason for a timer to go off.
//
// want: wrong: lost
func TestLostAfterWork(t *testing.T) {
	guard := time.AfterFunc(500*time.Millisecond, func() {})
	defer guard.Stop()
	work(300)
	var n atomic.Int64
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { n.Store(n.Load() + 1) })
	}
	wg.Wait()
	if n.Load() != 2 {
		t.Fatal("lost")
	}
}

// One goroutine works for so long by the clock, and another one until it is told to stop. No
// timer is set.
//
// want: pass
func TestWorksForATime(t *testing.T) {
	var mu sync.Mutex
	over := false
	var wg sync.WaitGroup
	wg.Go(func() {
		for ended := false; !ended; {
			mu.Lock()
			ended = over
			mu.Unlock()
		}
	})
	wg.Go(func() {
		for start := time.Now(); time.Since(start) < 100*time.Millisecond; {
			mu.Lock()
			mu.Unlock()
		}
		mu.Lock()
		over = true
		mu.Unlock()
	})
	wg.Wait()
}
