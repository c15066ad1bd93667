// Package os stands in for os.Exit in instrumented code.
package os

import (
	"fmt"
	"os"
	"runtime"

	"heisenkata/grader/internal/explore/rt/sched"
)

// Exit ends the process. Under control it is a finding, and ends the goroutine.
func Exit(code int) {
	if !sched.Active() {
		os.Exit(code)
	}
	sched.Report(sched.Wrong, fmt.Sprintf("os.Exit(%d)", code))
	runtime.Goexit()
}
