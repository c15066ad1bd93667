// finds: race

// Package sleepsync starts a computation; the broken caller sleeps instead of waiting for its end.
package sleepsync

import (
	"testing"
	"time"
)

type report struct{ total int }

func (r *report) compute(in []int) {
	for _, n := range in {
		r.total += n
	}
}

// totalLoose hopes that ten milliseconds are enough.
func totalLoose(in []int) int {
	r := new(report)
	go r.compute(in)
	time.Sleep(10 * time.Millisecond)
	return r.total
}

// total waits for the event itself.
func total(in []int) int {
	r := new(report)
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.compute(in)
	}()
	<-done
	return r.total
}

func run(t *testing.T, total func([]int) int) {
	if got := total([]int{1, 2, 3}); got != 6 {
		t.Errorf("total: got %d, want 6", got)
	}
}

func TestBug(t *testing.T)   { run(t, totalLoose) }
func TestFixed(t *testing.T) { run(t, total) }
