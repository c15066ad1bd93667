// finds: deadlock

// Package noclose squares numbers in parallel; in the broken one nobody closes the results, so the range never ends.
package noclose

import (
	"sync"
	"testing"
)

func squares(in []int, closeWhenDone bool) (sum int) {
	out := make(chan int)
	var wg sync.WaitGroup
	for _, n := range in {
		wg.Add(1)
		go func(n int) {
			defer wg.Done()
			out <- n * n
		}(n)
	}
	if closeWhenDone {
		go func() {
			wg.Wait()
			close(out)
		}()
	}
	for v := range out {
		sum += v
	}
	return sum
}

func run(t *testing.T, closeWhenDone bool) {
	if got := squares([]int{1, 2}, closeWhenDone); got != 5 {
		t.Errorf("sum: got %d, want 5", got)
	}
}

func TestBug(t *testing.T)   { run(t, false) }
func TestFixed(t *testing.T) { run(t, true) }
