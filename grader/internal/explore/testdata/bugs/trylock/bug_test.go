// finds: wrong

// Package trylock adds to a total; the broken one gives up the update when the lock is busy.
package trylock

import (
	"sync"
	"testing"
)

type total struct {
	mu      sync.Mutex
	sum     int
	pending chan int
}

// addLoose treats a busy lock as if somebody else had done the work.
func (a *total) addLoose(n int) {
	if !a.mu.TryLock() {
		return
	}
	defer a.mu.Unlock()
	a.sum += n
}

// add leaves the number to whoever reads the total, if the lock is busy.
func (a *total) add(n int) {
	if !a.mu.TryLock() {
		a.pending <- n
		return
	}
	defer a.mu.Unlock()
	a.sum += n
}

func (a *total) read() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	for {
		select {
		case n := <-a.pending:
			a.sum += n
			continue
		default:
		}
		return a.sum
	}
}

func run(t *testing.T, add func(*total, int)) {
	a := &total{pending: make(chan int, 2)}
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() { add(a, i+1) })
	}
	wg.Wait()
	if got := a.read(); got != 3 {
		t.Errorf("sum: got %d, want 3", got)
	}
}

func TestBug(t *testing.T)   { run(t, (*total).addLoose) }
func TestFixed(t *testing.T) { run(t, (*total).add) }
