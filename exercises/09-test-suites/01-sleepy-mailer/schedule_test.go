package sleepymailer_test

import (
	"math/rand/v2"
	"testing"
)

// Each schedule draws a test of the suite, and a kind of mailer.
func TestScheduleRightMailers(t *testing.T) {
	try(t, suite[rand.IntN(len(suite))], aKind(), nil)
}

// Each schedule draws a test, a kind of mailer, and a bug that the test has to find, or now and then that of another.
func TestScheduleFaults(t *testing.T) {
	p := suite[rand.IntN(len(suite))]
	if rand.IntN(10) == 0 {
		stray(t, p, aKind(), suite[rand.IntN(len(suite))].bugs.any())
	} else {
		try(t, p, aKind(), p.bugs.any())
	}
}
