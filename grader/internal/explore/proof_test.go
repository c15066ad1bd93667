package explore

import (
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

// What goroutines tell each other past the points is not proven not to matter.
func TestNoFalseProof(t *testing.T) {
	s := prepared(t, "unseen", ".", Options{Exhaustive: true, Budget: Budget{Schedules: 100, Time: time.Minute, Steps: Normal.Steps}})
	for _, name := range s.targets[0].tests {
		t.Run(name, func(t *testing.T) {
			got, err := s.One(t.Context(), name)
			require.NoError(t, err)
			assert.Zero(t, got.Different, "%s: %s", got.Verdict, got.Summary)
			t.Log(got.Verdict, got.Schedules, got.Summary)
		})
	}
}

// A leak ends no search, and a test that leaks is not proven either.
func TestALeakIsNotProvenToPass(t *testing.T) {
	s := prepared(t, "bugs", "earlyreturn", Options{Exhaustive: true, Leaks: LeaksTest, Run: regexp.MustCompile("^TestBug$"), Budget: Budget{Schedules: 1000, Time: time.Minute, Steps: Normal.Steps}})
	got, err := s.One(t.Context(), "TestBug")
	require.NoError(t, err)
	assert.Equal(t, explored.Leak, got.Verdict)
	assert.Zero(t, got.Different)
}
