package history

import "sync/atomic"

var clock atomic.Int64

// Tick returns the next tick, which is larger than all before. The race
// detector sees no order in it. An ordinary atomic would order each call after
// all those that had returned before, and hide races between two calls that
// just missed each other.
func Tick() int64 {
	unordered()
	defer ordered()
	return clock.Add(1)
}
