package oracle

import (
	"math/rand/v2"

	"heisenkata/exercises/internal/life"
)

// Many returns a number of goroutines, calls or items that is larger than any constant
// that a fix could hold, such as the capacity of a channel, and larger than those that
// the grader has seen in it. The race detector can follow about eight thousand goroutines
// at a time, and a call may have several, so it is smaller in a race build.
func Many() int { return Beyond(many, most) }

// Often returns how many quick calls a test makes one after the other, in its first run
// in a process: more than a number of 16 bits, and more than the numbers that the grader
// has seen in the fix, up to those of 20 bits. It is smaller in a race build.
func Often() int { return Beyond(often, mostOften) }

// Far is Often for calls that take some ten nanoseconds: outside of a race build it is more
// than the numbers that the grader has seen in the fix, up to eight million.
func Far() int { return Beyond(often, mostFar) }

// Beyond returns a number of at least n, larger than the numbers that the grader has seen in
// the fix, unless those are most or more. It is for tests that would take a right fix too
// long with as many as Many.
func Beyond(n, most int) int {
	for _, limit := range life.Limits(most) {
		n = max(n, limit+1)
	}
	return n + rand.IntN(100)
}

// maxChanges bounds the sum of what Exactly returns, since a change may take a
// microsecond.
const maxChanges = 1 << 22

// Exactly returns numbers of changes after which a reader may take what it knows for
// up to date, if it keeps a number of the last change: one, those that small numbers
// begin again after, and the numbers that the grader has seen in the fix.
func Exactly() []int {
	exactly, sum := []int{1, 2}, 0
	for _, n := range append([]int{1 << 8, 1 << 16}, life.Limits(mostOften)...) {
		if sum += 3 * n; n < mostOften && sum < maxChanges {
			exactly = append(exactly, n-1, n, n+1)
		}
	}
	return exactly
}
