// finds: wrong

// Package seats sells the last seats of a concert; the broken sale checks and takes in two atomic steps.
package seats

import (
	"sync"
	"sync/atomic"
	"testing"
)

type hall struct{ left atomic.Int64 }

// buyLoose checks first and takes afterwards: two buyers can both see one seat.
func (h *hall) buyLoose() bool {
	if h.left.Load() <= 0 {
		return false
	}
	h.left.Add(-1)
	return true
}

// buy takes a seat only if the number it checked is still the number there is.
func (h *hall) buy() bool {
	for {
		n := h.left.Load()
		if n <= 0 {
			return false
		}
		if h.left.CompareAndSwap(n, n-1) {
			return true
		}
	}
}

func run(t *testing.T, buy func(*hall) bool) {
	h := new(hall)
	h.left.Store(1)
	var sold atomic.Int32
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if buy(h) {
				sold.Add(1)
			}
		})
	}
	wg.Wait()
	if sold.Load() != 1 || h.left.Load() != 0 {
		t.Errorf("sold %d seats of 1, %d left", sold.Load(), h.left.Load())
	}
}

func TestBug(t *testing.T)   { run(t, (*hall).buyLoose) }
func TestFixed(t *testing.T) { run(t, (*hall).buy) }
