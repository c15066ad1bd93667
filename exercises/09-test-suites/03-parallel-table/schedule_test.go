package paralleltable_test

import (
	"math/rand/v2"
	"testing"
)

// Each schedule draws a test of the suite, and a kind of shortener.
func TestScheduleRightShorteners(t *testing.T) {
	try(t, suite[rand.IntN(len(suite))], nil)
}

// Each schedule draws a test, a kind of shortener, and a bug that the test has to find.
func TestScheduleFaults(t *testing.T) {
	p := suite[rand.IntN(len(suite))]
	try(t, p, p.bugs.any())
}
