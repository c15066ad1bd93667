package oracle

import "math/rand/v2"

// Many is how many goroutines, calls or items a test has that is to have more of them
// than any constant that a fix may hold, such as the length of a channel. The race
// detector follows some eight thousand goroutines at a time, and a call may have
// several, so a race build has fewer.
func Many() int { return many + rand.IntN(100) }
