// Package runtime stands in for the functions of runtime that look at goroutines.
package runtime

import (
	"os"
	"runtime"

	"heisenkata/grader/internal/explore/rt/sched"
)

// Stack stands for runtime.Stack: it shows the goroutines of the schedule, as an
// ordinary run would.
func Stack(buf []byte, all bool) int {
	if !sched.Active() {
		return runtime.Stack(buf, all)
	}
	return copy(buf, sched.OwnStacks(dump(all), ""))
}

// DebugStack stands for debug.Stack.
func DebugStack() []byte {
	if !sched.Active() {
		return dump(false)
	}
	return []byte(sched.OwnStacks(dump(false), "runtime/debug.Stack()\n\t"+runtime.GOROOT()+"/src/runtime/debug/stack.go:26 +0x5e\n"))
}

// PrintStack stands for debug.PrintStack.
func PrintStack() { _, _ = os.Stderr.Write(DebugStack()) } // there is nothing to do about an error

func dump(all bool) []byte {
	for size := 1 << 13; ; size *= 2 {
		buf := make([]byte, size)
		if n := runtime.Stack(buf, all); n < size || size >= 1<<24 {
			return buf[:n]
		}
	}
}

// ReadMemStats stands for runtime.ReadMemStats.
func ReadMemStats(m *runtime.MemStats) {
	sched.NoteGauged()
	runtime.ReadMemStats(m)
}

// NumGoroutine stands for runtime.NumGoroutine: it counts the test's own, and the one
// that waits for the test.
func NumGoroutine() int {
	if n := sched.Live(); n > 0 {
		return n + 1
	}
	return runtime.NumGoroutine()
}
