package oracle

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

const (
	// lucky is how often a suite is asked about each bug. One that finds a bug in half of the
	// runs finds it that often once in a thousand times.
	lucky = 10

	// luckyTime ends that for slow suites.
	luckyTime = 3 * time.Second
)

// Luck refuses a suite of tests that finds some bug in some runs only. It asks about each of n bugs, ten
// times, in random order. ask has the suite look at the i-th bug, and returns what is wrong with what
// the suite says, or "". The first wrong answer is reported, and is the last one.
//
// It does so in the first run of a test in a process that is not race-built, and if the test has
// not failed.
func Luck(t testing.TB, n int, ask func(i int) (wrong string)) {
	t.Helper()
	if _, later := asked.LoadOrStore(t.Name(), true); racing || later || t.Failed() {
		return
	}
	began := time.Now()
	for round := 0; round < lucky && time.Since(began) < luckyTime; round++ {
		for _, i := range rand.Perm(n) {
			wrong := ask(i)
			if wrong != "" && round > 0 {
				wrong += fmt.Sprintf("\nAsked about the same bug before, it was right (%d times out of %d): it needs luck", round, round)
			}
			if wrong != "" {
				t.Error(wrong)
				return
			}
		}
	}
}
