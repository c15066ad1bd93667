package runtime

import "heisenkata/grader/internal/explore/rt/sched"

// An exploring process has one processor, and code that starts a goroutine for each would
// have nothing to explore. So there seem to be some, the same number on every machine.

// NumCPU stands for runtime.NumCPU.
func NumCPU() int { return sched.Processors }

// GOMAXPROCS stands for runtime.GOMAXPROCS. What is set changes what the next call
// returns, and nothing else.
func GOMAXPROCS(n int) int { return sched.SetProcessors(n) }
