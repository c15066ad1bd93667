// finds: wrong

// Package ticksync reads a result after two ticks; the broken one takes the ticks for proof that the work is done.
package ticksync

import (
	"sync/atomic"
	"testing"
	"time"
)

type job struct {
	sum  atomic.Int64
	done chan struct{}
}

func (j *job) work() {
	defer close(j.done)
	for n := range int64(3) {
		j.sum.Add(n + 1)
	}
}

// resultLoose counts two ticks and reads.
func resultLoose(j *job) int64 {
	tick := time.Tick(time.Millisecond)
	for range 2 {
		<-tick
	}
	return j.sum.Load()
}

// result counts ticks only until the work is done.
func result(j *job) int64 {
	tick := time.Tick(time.Millisecond)
	for ticks := 0; ; {
		select {
		case <-tick:
			if ticks++; ticks == 2 {
				tick = nil
			}
		case <-j.done:
			return j.sum.Load()
		}
	}
}

func run(t *testing.T, result func(*job) int64) {
	j := &job{done: make(chan struct{})}
	go j.work()
	if got := result(j); got != 6 {
		t.Errorf("sum: got %d, want 6", got)
	}
	<-j.done
}

func TestBug(t *testing.T)   { run(t, resultLoose) }
func TestFixed(t *testing.T) { run(t, result) }
