package oracle

import (
	"bytes"
	"runtime"
)

// AllBlocked lets all other goroutines run as far as they can, and reports whether they
// are blocked then: each of them waits for something that only another one can do. With
// a goroutine that polls or spins it returns false.
//
// It uses a single processor, so that no goroutine runs while it looks, and each Gosched
// gives all others a turn, which ends when they block. Only one that does not block is
// preempted, after some ten milliseconds.
func AllBlocked() bool {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for range 100 {
		runtime.Gosched()
		if allIn(others(), waiting) {
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

// others returns the stacks of all goroutines but the caller's.
func others() [][]byte {
	dump := make([]byte, 1<<16)
	n := runtime.Stack(dump, true)
	for n == len(dump) {
		dump = make([]byte, 2*n)
		n = runtime.Stack(dump, true)
	}
	return bytes.Split(dump[:n], []byte("\n\n"))[1:]
}

// allIn reports whether all goroutines of a dump are in one of the states:
// "goroutine 7 [select, 2 minutes]:".
func allIn(stacks [][]byte, states map[string]bool) bool {
	for _, stack := range stacks {
		_, rest, _ := bytes.Cut(stack, []byte(" ["))
		state, _, _ := bytes.Cut(rest, []byte("]:\n"))
		state, _, _ = bytes.Cut(state, []byte(","))
		state = bytes.TrimSuffix(state, []byte(" (scan)"))
		if state = bytes.TrimSuffix(state, []byte(" (durable)")); !states[string(state)] {
			return false
		}
	}
	return true
}
