// finds: race
// tells: sum of the lengths

// Package sliceappend collects lengths in parallel; the broken one appends to one slice from all goroutines.
package sliceappend

import (
	"sync"
	"testing"
)

// lengthsLoose can lose an element or overwrite it.
func lengthsLoose(names []string) (out []int) {
	var wg sync.WaitGroup
	for i := range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			out = append(out, len(names[i]))
		}()
	}
	wg.Wait()
	return out
}

// lengths gives each goroutine an element of its own.
func lengths(names []string) []int {
	out := make([]int, len(names))
	var wg sync.WaitGroup
	for i := range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			out[i] = len(names[i])
		}()
	}
	wg.Wait()
	return out
}

func run(t *testing.T, lengths func([]string) []int) {
	sum := 0
	for _, n := range lengths([]string{"a", "bb", "ccc"}) {
		sum += n
	}
	if sum != 6 {
		t.Errorf("sum of the lengths: got %d, want 6", sum)
	}
}

func TestBug(t *testing.T)   { run(t, lengthsLoose) }
func TestFixed(t *testing.T) { run(t, lengths) }
