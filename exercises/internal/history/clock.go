package history

import "sync/atomic"

var clock atomic.Int64

// Tick returns the next moment: larger than every one before. For the race
// detector it orders nothing. Were it an ordinary atomic, each call would happen
// after all that had returned before, and a race between two calls that did not
// quite overlap would go unseen.
func Tick() int64 {
	unordered()
	defer ordered()
	return clock.Add(1)
}
