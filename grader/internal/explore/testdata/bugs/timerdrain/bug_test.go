// finds: deadlock

// Package timerdrain resets an idle timer; the broken one empties the channel of a timer that it has read already.
package timerdrain

import (
	"testing"
	"time"
)

const idle = 2 * time.Millisecond

// readLoose blocks on timer.C after an idle round: Stop says false, but the value is gone.
func readLoose(in <-chan int) (sum int) {
	timer := time.NewTimer(idle)
	for {
		select {
		case v, ok := <-in:
			if !ok {
				return sum
			}
			sum += v
		case <-timer.C:
		}
		if !timer.Stop() {
			<-timer.C
		}
		timer.Reset(idle)
	}
}

// read lets Reset deal with whatever the timer holds.
func read(in <-chan int) (sum int) {
	timer := time.NewTimer(idle)
	defer timer.Stop()
	for {
		select {
		case v, ok := <-in:
			if !ok {
				return sum
			}
			sum += v
		case <-timer.C:
		}
		timer.Reset(idle)
	}
}

func run(t *testing.T, read func(<-chan int) int) {
	in := make(chan int)
	go func() {
		defer close(in)
		for i := range 3 {
			time.Sleep(time.Duration(i) * idle)
			in <- i
		}
	}()
	if got := read(in); got != 3 {
		t.Errorf("sum: got %d, want 3", got)
	}
}

func TestBug(t *testing.T)   { run(t, readLoose) }
func TestFixed(t *testing.T) { run(t, read) }
