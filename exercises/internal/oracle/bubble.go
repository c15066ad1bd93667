package oracle

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"

	"heisenkata/exercises/internal/life"
)

// Bubble is synctest.Test, but starts in a random year of this century instead of 2000.
func Bubble(t *testing.T, fn func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		life.AnyYear(rand.New(rand.NewPCG(rand.Uint64(), 0)))
		fn(t)
	})
}

// InBubble is Bubble natively. Under the explorer it only runs fn, which is in a
// bubble already: there, unlike in Bubble, time may pass while goroutines can run,
// as on a slow machine.
func InBubble(t *testing.T, fn func(t *testing.T)) {
	t.Helper()
	if othersAreBlocked() {
		fn(t)
		return
	}
	Bubble(t, fn)
}

// TimePassesLocks reports whether the clock of Bubble goes on while a goroutine waits for a
// lock: under the explorer it does, natively it does not.
func TimePassesLocks() bool { return othersAreBlocked() }

// Deadlocks runs fn, and reports whether all goroutines of a bubble in it wait for each
// other: a test that is itself under test must not end the process by that.
func Deadlocks(fn func()) (yes bool) {
	defer func() {
		switch problem := recover(); {
		case problem == nil:
		case strings.Contains(fmt.Sprint(problem), "all goroutines in bubble are blocked"):
			yes = true
		default:
			panic(problem)
		}
	}()
	fn()
	return false
}
