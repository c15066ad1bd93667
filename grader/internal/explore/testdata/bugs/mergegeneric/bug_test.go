// finds: race or panic or wrong

// Package mergegeneric merges channels of any channel type; in the broken merge every forwarder closes the output.
package mergegeneric

import (
	"sync"
	"testing"
)

type numbers chan int

// mergeLoose closes out as soon as the first input ends.
func mergeLoose[C ~chan T, T any](ins ...C) C {
	out := make(C)
	for _, in := range ins {
		go func() {
			defer close(out)
			for v := range in {
				out <- v
			}
		}()
	}
	return out
}

// merge closes out when all inputs have ended.
func merge[C ~chan T, T any](ins ...C) C {
	out := make(C)
	var wg sync.WaitGroup
	for _, in := range ins {
		wg.Add(1)
		go forward(in, out, wg.Done)
	}
	go func() {
		wg.Wait()
		close(out)
	}()
	return out
}

func forward[C ~chan T, T any](in, out C, done func()) {
	defer done()
	for v := range in {
		out <- v
	}
}

func produce[C ~chan T, T any](c C, vs ...T) {
	defer close(c)
	for _, v := range vs {
		c <- v
	}
}

func run(t *testing.T, merge func(...numbers) numbers) {
	a, b := make(numbers), make(numbers)
	go produce(a, 1)
	go produce[numbers, int](b, 2)
	sum := 0
	for v := range merge(a, b) {
		sum += v
	}
	if sum != 3 {
		t.Errorf("sum: got %d, want 3", sum)
	}
}

func TestBug(t *testing.T)   { run(t, mergeLoose[numbers]) }
func TestFixed(t *testing.T) { run(t, merge[numbers]) }
