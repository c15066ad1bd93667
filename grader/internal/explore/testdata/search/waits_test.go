package search

import (
	"context"
	"sync"
	"testing"
)

// One condition for producers and consumers, and Signal wakes the wrong kind.
func TestBoundedBuffer(*testing.T) {
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	count := 0
	put := func() {
		mu.Lock()
		defer mu.Unlock()
		for count == 1 {
			cond.Wait()
		}
		count++
		cond.Signal()
	}
	get := func() {
		mu.Lock()
		defer mu.Unlock()
		for count == 0 {
			cond.Wait()
		}
		count--
		cond.Signal()
	}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { put(); put() })
		wg.Go(func() { get(); get() })
	}
	wg.Wait()
}

// The wake-up comes before the wait.
func TestMissedSignal(*testing.T) {
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	var wg sync.WaitGroup
	wg.Go(func() { mu.Lock(); cond.Wait(); mu.Unlock() })
	wg.Go(func() { mu.Lock(); cond.Signal(); mu.Unlock() })
	wg.Wait()
}

// A wait after an if: two are woken for one item.
func TestIfForFor(t *testing.T) {
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	items := 0
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			if items == 0 {
				cond.Wait()
			}
			if items--; items < 0 {
				t.Error("nothing was there")
			}
		})
	}
	wg.Go(func() {
		mu.Lock()
		items += 2
		cond.Broadcast()
		mu.Unlock()
	})
	wg.Go(func() {
		mu.Lock()
		if items > 0 {
			items--
		}
		mu.Unlock()
	})
	wg.Wait()
}

// A barrier that is used again while some have not left it.
func TestBarrier(*testing.T) {
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	arrived := 0
	wait := func() {
		mu.Lock()
		defer mu.Unlock()
		if arrived++; arrived == 2 {
			arrived = 0
			cond.Broadcast()
			return
		}
		for arrived != 0 {
			cond.Wait()
		}
	}
	together(2, func(int) { wait(); wait() })
}

// Closed while a sender is on its way.
func TestCloseAndSend(*testing.T) {
	c := make(chan int, 4)
	var mu sync.Mutex
	closed := false
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			mu.Lock()
			over := closed
			mu.Unlock()
			if !over {
				c <- 1
			}
		})
	}
	wg.Go(func() {
		mu.Lock()
		closed = true
		mu.Unlock()
		close(c)
	})
	wg.Wait()
}

// A result that nobody waits for any more.
func TestLateResult(*testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	results := make(chan int)
	go func() { results <- 1 }()
	go cancel()
	select {
	case <-results:
	case <-ctx.Done():
	}
}

// A notice that is dropped because the worker does not wait yet.
func TestDroppedNotice(*testing.T) {
	notice, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		<-notice
	}()
	select {
	case notice <- struct{}{}:
	default:
	}
	<-done
}

// Units are taken one at a time by two who need two each.
func TestUnits(*testing.T) {
	units := make(chan struct{}, 3)
	together(3, func(int) {
		for range 2 {
			units <- struct{}{}
		}
		for range 2 {
			<-units
		}
	})
}

// A pipeline whose last stage leaves early.
func TestPipeline(*testing.T) {
	in, out, stop := make(chan int), make(chan int), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(in)
		for i := range 3 {
			select {
			case in <- i:
			case <-stop:
				return
			}
		}
	})
	wg.Go(func() {
		defer close(out)
		for i := range in {
			out <- i
		}
	})
	wg.Go(func() {
		<-out
		close(stop)
	})
	wg.Wait()
}

// The count is looked at after the lock is given back.
func TestLastOne(t *testing.T) {
	var mu sync.Mutex
	left, announced := 3, 0
	together(3, func(int) {
		mu.Lock()
		left--
		mu.Unlock()
		mu.Lock()
		last := left == 0
		mu.Unlock()
		if last {
			mu.Lock()
			announced++
			mu.Unlock()
		}
	})
	if announced != 1 {
		t.Errorf("announced %d times", announced)
	}
}
