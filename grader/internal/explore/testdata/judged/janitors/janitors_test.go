// Package janitors has tests beside a goroutine that goes on forever.
package janitors

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// janitor cleans up now and then, until it is told to stop.
func janitor(every time.Duration) (stop chan bool) {
	stop = make(chan bool)
	go func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	}()
	return stop
}

// want: deadlock: waits for a signal
func TestLostBesideJanitor(t *testing.T) {
	defer close(janitor(10 * time.Millisecond))
	var mu sync.Mutex
	var ready atomic.Bool
	c := sync.NewCond(&mu)
	go func() { ready.Store(true); c.Signal() }()
	mu.Lock()
	for !ready.Load() {
		c.Wait()
	}
	mu.Unlock()
}

// want: deadlock: neither can go on
func TestCycleBesideJanitor(t *testing.T) {
	defer close(janitor(time.Second))
	var a, b sync.Mutex
	done := make(chan bool)
	go func() { a.Lock(); b.Lock(); b.Unlock(); a.Unlock(); done <- true }()
	b.Lock()
	a.Lock()
	a.Unlock()
	b.Unlock()
	<-done
}

// want: pass
func TestSlowBesideJanitor(t *testing.T) {
	defer close(janitor(time.Second))
	done := make(chan bool)
	go func() { time.Sleep(9 * time.Minute); close(done) }()
	<-done
}

// What fails before any collection was asked for does not wait for one.
//
// want: wrong
func TestFailsBeforeItCollects(t *testing.T) {
	runtime.SetFinalizer(new([4]int), func(*[4]int) {})
	var n atomic.Int32
	done := make(chan int)
	go func() { n.Store(1); close(done) }()
	if n.Load() == 0 {
		t.Error("not yet")
	}
	<-done
	runtime.GC()
}
