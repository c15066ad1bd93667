// Package deadly has races that any schedule shows, and a few schedules that take the
// whole process along.
package deadly

import (
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// racy has a race, and tells whether one of its goroutines saw a moment that is rarely
// seen.
func racy() bool {
	n := 0
	var x, y atomic.Int32
	var seen atomic.Bool
	var group sync.WaitGroup
	group.Go(func() { n++; x.Store(1); x.Store(2) })
	group.Go(func() {
		n++
		if x.Load() == 1 {
			y.Store(1)
			y.Store(2)
		}
	})
	group.Go(func() { seen.Store(y.Load() == 1) })
	group.Wait()
	return seen.Load()
}

func TestDies(*testing.T) {
	if racy() {
		syscall.Exit(3)
	}
}

func TestHangs(*testing.T) {
	if racy() {
		for i := 0; i >= 0; i = (i + 1) % 1000 {
		}
	}
}
