package oracle

import (
	"runtime"
	"strings"
	"testing/synctest"
)

// AllBlocked lets all other goroutines run as far as they can, and reports whether they
// are blocked then: each of them waits for something that only another one can do. With
// a goroutine that polls or spins it returns false.
//
// It uses a single processor, so that no goroutine runs while it looks, and each Gosched
// gives all others a turn, which ends when they block. Only one that does not block is
// preempted, after some ten milliseconds. Under the explorer, which waits for locks as well,
// the others run in any order.
func AllBlocked() bool {
	if othersAreBlocked() {
		synctest.Wait()
		return true
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for range 100 {
		runtime.Gosched()
		if allIn(allStacks()[1:], waiting) {
			return true
		}
	}
	return false
}

// waiting are the states that a goroutine can leave only with the help of another, or of
// the system. In all others it runs, will run, or has been stopped by the runtime.
var waiting = map[string]bool{
	"chan receive": true, "chan receive (nil chan)": true, "chan send": true, "chan send (nil chan)": true,
	"select": true, "select (no cases)": true, "sync.Cond.Wait": true, "sync.WaitGroup.Wait": true,
	"sync.Mutex.Lock": true, "sync.RWMutex.Lock": true, "sync.RWMutex.RLock": true,
	"IO wait": true, "syscall": true, "finalizer wait": true, "cleanup wait": true,
}

// allIn reports whether all goroutines of a dump are in one of the states.
func allIn(stacks []string, states map[string]bool) bool {
	for _, stack := range stacks {
		if !states[stateOf(stack)] {
			return false
		}
	}
	return true
}

// someIn reports whether a goroutine of a dump is in one of the states.
func someIn(stacks []string, states map[string]bool) bool {
	for _, stack := range stacks {
		if states[stateOf(stack)] {
			return true
		}
	}
	return false
}

// stateOf returns "select" for "goroutine 7 [select, 2 minutes]:".
func stateOf(stack string) string {
	_, rest, _ := strings.Cut(stack, " [")
	state, _, _ := strings.Cut(rest, "]:\n")
	state, _, _ = strings.Cut(state, ",")
	state = strings.TrimSuffix(state, " (scan)")
	return strings.TrimSuffix(state, " (durable)")
}
