// Package deadly has races whose wrong result takes the whole process along.
package deadly

import (
	"sync"
	"syscall"
	"testing"
)

// twice adds one to n in two goroutines, and returns what n is then.
func twice() int {
	n := 0
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() { n++ })
	}
	group.Wait()
	return n
}

func TestDies(*testing.T) {
	if twice() != 2 {
		syscall.Exit(3)
	}
}

func TestHangs(*testing.T) {
	if twice() != 2 {
		for i := 0; i >= 0; i = (i + 1) % 1000 {
		}
	}
}
