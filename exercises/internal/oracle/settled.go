package oracle

import (
	"bytes"
	"runtime"
	"slices"
)

// Settled lets all other goroutines run until they are blocked, and reports whether one
// of them waits for a lock. In a synctest bubble no time passes while one does, so a
// test must not let another goroutine sleep there. It gives up on a goroutine that
// never stops running.
func Settled() (lock bool) {
	dump := make([]byte, 1<<16)
	for range 1000 {
		runtime.Gosched()
		stacks := bytes.Split(dump[:runtime.Stack(dump, true)], []byte("\n\n"))
		if stacks = stacks[1:]; in(stacks, "running", "runnable", "preempted", "copystack", "GC assist") {
			continue
		}
		return in(stacks, "sync.Mutex", "sync.RWMutex")
	}
	return false
}

// in reports whether a goroutine of a dump is in one of some states: "goroutine 7 [running]:".
func in(stacks [][]byte, states ...string) bool {
	for _, stack := range stacks {
		_, is, _ := bytes.Cut(stack, []byte(" ["))
		if slices.ContainsFunc(states, func(state string) bool { return bytes.HasPrefix(is, []byte(state)) }) {
			return true
		}
	}
	return false
}
