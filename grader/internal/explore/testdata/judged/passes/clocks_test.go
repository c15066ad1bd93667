package passes

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A timer and a ticker that would be due at the same instant are not: what was set first
// comes first, as on a real machine.
//
// want: pass
func TestTimerAndTickerAtOneInstant(t *testing.T) {
	timer := time.NewTimer(200 * time.Millisecond)
	defer timer.Stop()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	ticks := 0
	for {
		select {
		case <-timer.C:
			if ticks > 1 {
				t.Fatal("the second tick came before the timer")
			}
			return
		case <-ticker.C:
			ticks++
		}
	}
}

// want: pass
func TestTickersAtOneInstant(t *testing.T) {
	slow, fast := time.NewTicker(300*time.Millisecond), time.NewTicker(100*time.Millisecond)
	defer slow.Stop()
	defer fast.Stop()
	for ticks := 0; ; {
		select {
		case <-slow.C:
			if ticks > 2 {
				t.Fatal("the third tick came before the slow one")
			}
			return
		case <-fast.C:
			ticks++
		}
	}
}

// A ticker of a nanosecond leaves an instant for other timers, and time to run.
//
// want: pass
func TestTickerOfANanosecond(t *testing.T) {
	var mu sync.Mutex
	ticker, stop, done := time.NewTicker(1), make(chan int), make(chan int)
	go func() {
		defer close(done)
		for {
			select {
			case <-ticker.C:
				mu.Lock()
				mu.Unlock()
			case <-stop:
				return
			}
		}
	}()
	other := time.NewTicker(30 * time.Second)
	defer other.Stop()
	time.Sleep(10 * time.Millisecond)
	mu.Lock()
	ticker.Stop()
	mu.Unlock()
	close(stop)
	<-done
}

// The two accesses race only if the machine stalls for an hour.
//
// want: pass
func TestRacesAfterAnHour(t *testing.T) {
	n := 0
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int)
	go func() {
		defer close(done)
		timer := time.NewTimer(time.Hour)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			n--
		case <-timer.C:
			n++
		}
	}()
	if n != 0 {
		t.Error("too early")
	}
	cancel()
	<-done
	if n != -1 {
		t.Error(n)
	}
}

// The two accesses race at once, and an hour passes after them.
//
// want: race
func TestRacesBeforeAnHour(t *testing.T) {
	n, done := 0, make(chan int)
	go func() { n++; close(done) }()
	n++
	<-done
	time.Sleep(time.Hour)
}

func BenchmarkNothing(b *testing.B) {
	for range b.N {
	}
}

// want: unexplorable: it runs a benchmark
func TestBenchmark(t *testing.T) {
	if n := testing.Benchmark(BenchmarkNothing).AllocsPerOp(); n > 0 {
		t.Error(n)
	}
}

// Some thousand steps take less time than the timer has.
//
// want: pass
func TestWorksBesideATimer(t *testing.T) {
	timer, done := time.NewTimer(200*time.Millisecond), make(chan int)
	var n atomic.Int64
	go func() {
		defer close(done)
		for range 3000 {
			n.Add(1)
		}
	}()
	for range 3000 {
		n.Add(1)
	}
	<-done
	select {
	case <-timer.C:
		t.Error("it took 200 ms")
	default:
	}
}

// Looking at the clock takes no minute, but even if it did, the goroutine would be left.
//
// want: leak: still works
func TestLooksAtTheClock(t *testing.T) {
	var mu sync.Mutex
	go func() {
		for range time.NewTicker(time.Minute).C {
			mu.Lock()
			mu.Unlock()
		}
	}()
	until := time.Now().Add(time.Hour)
	for range 3000 {
		mu.Lock()
		if time.Now().After(until) {
			t.Log("expired")
		}
		mu.Unlock()
	}
}
