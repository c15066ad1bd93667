package oracle

import "math/rand/v2"

// Many returns a number of goroutines, calls or items that is larger than any constant
// that a fix could hold, such as the capacity of a channel. The race detector can
// follow about eight thousand goroutines at a time, and a call may have several, so it
// is smaller in a race build.
func Many() int { return many + rand.IntN(100) }
