// Package runtime stands for the functions of runtime that look at goroutines.
package runtime

import (
	"runtime"

	"heisenkata/grader/internal/explore/rt/sched"
)

// Stack stands for runtime.Stack. What it shows of goroutines under control is
// not what an ordinary run shows.
func Stack(buf []byte, all bool) int {
	sched.Report(sched.Unexplorable, "it reads the stacks of goroutines")
	return runtime.Stack(buf, all)
}

// NumGoroutine stands for runtime.NumGoroutine: it counts the test's own.
func NumGoroutine() int {
	if n := sched.Live(); n > 0 {
		return n
	}
	return runtime.NumGoroutine()
}
