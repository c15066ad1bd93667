package sched

import "sync/atomic"

// Processors is how many there seem to be.
const Processors = 4

// processors is what was set outside of schedules.
var processors atomic.Int64

// SetProcessors is how many processors may be used so far; n is how many from now on, unless
// it is less than 1. A schedule starts with what was set before it.
//
//go:norace
func SetProcessors(n int) (before int) {
	before = Processors
	if set := processors.Load(); set > 0 {
		before = int(set)
	}
	c := at()
	if c == nil {
		if n > 0 {
			processors.Store(int64(n))
		}
		return before
	}
	if c.processors > 0 {
		before = c.processors
	}
	if n > 0 {
		c.processors = n
	}
	return before
}
