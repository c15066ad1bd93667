package polls

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// both runs one function on two goroutines, where polling is a finding.
func both(t *testing.T, f func()) {
	t.Attr("explore", "no-polling")
	var group sync.WaitGroup
	for range 2 {
		group.Go(f)
	}
	group.Wait()
}

// work is what a lock guards.
func work() { runtime.Gosched() }

// want: wrong: a goroutine polls
func TestTryLock(t *testing.T) {
	var mu sync.Mutex
	both(t, func() {
		for !mu.TryLock() {
		}
		work()
		mu.Unlock()
	})
}

// want: wrong: a goroutine polls
func TestTryRLock(t *testing.T) {
	var mu sync.RWMutex
	both(t, func() {
		for !mu.TryRLock() {
			runtime.Gosched()
		}
		mu.RUnlock()
		mu.Lock()
		work()
		mu.Unlock()
	})
}

// want: wrong: a goroutine polls
func TestCompareAndSwap(t *testing.T) {
	var locked atomic.Int32
	both(t, func() {
		for !locked.CompareAndSwap(0, 1) {
		}
		work()
		locked.Store(0)
	})
}

// want: wrong: a goroutine polls
func TestSwap(t *testing.T) {
	var locked atomic.Bool
	both(t, func() {
		for locked.Swap(true) {
		}
		work()
		locked.Store(false)
	})
}

// want: wrong: a goroutine polls
func TestTicket(t *testing.T) {
	var next, serves atomic.Int64
	both(t, func() {
		mine := next.Add(1) - 1
		for serves.Load() != mine {
			runtime.Gosched()
		}
		work()
		serves.Add(1)
	})
}

// want: wrong: a goroutine polls
func TestSelect(t *testing.T) {
	lock := make(chan bool, 1)
	take := func() bool {
		select {
		case lock <- true:
			return true
		default:
			return false
		}
	}
	both(t, func() {
		for !take() {
		}
		work()
		<-lock
	})
}

// want: wrong: a goroutine polls
func TestTwoFlags(t *testing.T) {
	var mu sync.Mutex
	var busy atomic.Bool
	both(t, func() {
		for busy.Load() || !mu.TryLock() {
		}
		busy.Store(true)
		work()
		busy.Store(false)
		mu.Unlock()
	})
}

// want: pass
func TestSortsWell(t *testing.T) {
	var mu sync.Mutex
	sum := 0
	both(t, func() {
		mu.Lock()
		defer mu.Unlock()
		for i := range 10_000 {
			sum += i
		}
	})
}

// want: pass
func TestLock(t *testing.T) {
	lock := make(chan bool, 1)
	var mu sync.Mutex
	both(t, func() {
		mu.Lock()
		work()
		mu.Unlock()
		select {
		case lock <- true:
			work()
			<-lock
		}
	})
}

// A failed store is tried again: another goroutine has stored in between.
//
// want: pass
func TestCount(t *testing.T) {
	var n atomic.Int64
	both(t, func() {
		for range 5 {
			stored := false
			for !stored {
				old := n.Load()
				stored = n.CompareAndSwap(old, old+1)
			}
		}
	})
}

// want: pass
func TestSum(t *testing.T) {
	var parts [300]atomic.Int64
	both(t, func() {
		parts[0].Add(1)
		i := 0
		for i < len(parts) {
			parts[i].Load()
			i++
		}
	})
}

// Locks change something, and calls one after the other are no loop that waits.
//
// want: pass
func TestManyCalls(t *testing.T) {
	var mu, noting sync.Mutex
	var n atomic.Int64
	get := func() int64 {
		mu.Lock()
		defer mu.Unlock()
		noting.Lock()
		defer noting.Unlock()
		return n.Load()
	}
	both(t, func() {
		calls := 0
		for calls < 150 {
			get()
			calls++
		}
	})
}

// It tries a few times before it blocks.
//
// want: pass
func TestFewTries(t *testing.T) {
	var mu sync.Mutex
	both(t, func() {
		tries := 0
		for tries < 30 {
			if mu.TryLock() {
				mu.Unlock()
				return
			}
			tries++
		}
		mu.Lock()
		work()
		mu.Unlock()
	})
}

// Only where it is asked for is polling a finding.
//
// want: pass
func TestNotAsked(t *testing.T) {
	var mu sync.Mutex
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			for !mu.TryLock() {
			}
			work()
			mu.Unlock()
		})
	}
	group.Wait()
}

// want: wrong: a goroutine polls
func TestAsksAContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var first atomic.Bool
	both(t, func() {
		if first.CompareAndSwap(false, true) {
			cancel()
			return
		}
		for ctx.Err() == nil {
		}
	})
}

// want: wrong: a goroutine polls
func TestLooksAtALength(t *testing.T) {
	ch := make(chan int, 2)
	both(t, func() {
		ch <- 1
		for len(ch) < 2 {
		}
	})
}

// A look at a context before each receive is no polling.
//
// want: pass
func TestAsksBeforeItWaits(t *testing.T) {
	ctx, ch := t.Context(), make(chan int)
	var sends atomic.Int32
	both(t, func() {
		if sends.Add(1) == 1 {
			for i := range 9 {
				ch <- i
			}
			close(ch)
			return
		}
		for ctx.Err() == nil && len(ch) == 0 {
			if _, ok := <-ch; !ok {
				return
			}
		}
	})
}
