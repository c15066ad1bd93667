//go:build !unix

package sched

import "time"

// cpuTime is the time that this process has been there, where the system does not
// tell how much of it was the process's own.
func cpuTime() time.Duration { return time.Since(started) }

var started = time.Now()
