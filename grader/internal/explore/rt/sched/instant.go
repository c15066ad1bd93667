package sched

import "time"

var (
	origin = time.Now()
	unix   = time.Unix(0, 0).UTC() // from which instants are counted
)

// sinceOrigin is the time since this process began, outside of bubbles.
func sinceOrigin() time.Duration { return time.Since(origin) }

// instant is the bubble's clock, in nanoseconds of Unix time, for the explorer's own use.
// It reads time.Local, as time.Now does, and is known by its name in reports of races.
//
//go:norace
func instant() int64 { return time.Now().UnixNano() }
