package explored_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/explored"
)

// What was derived agrees with what was recorded: no lock is taken while another goroutine
// holds it, and at the end those wait that are said to, for the one that is said to hold it.
func TestStatesAgreeWithTheRecorder(t *testing.T) {
	findings, holds := 0, 0
	for _, p := range recorded(t).Packages {
		for _, test := range p.Tests {
			if len(test.Trace) == 0 || len(test.Trace) > 2000 {
				continue
			}
			findings++
			states := explored.States(test)
			what := p.Package + " " + test.Name + " " + test.Schedule
			for i, s := range states {
				assertExclusive(t, s, what, i)
				assertAble(t, test.Trace[i], states[max(i-1, 0)], what, i)
			}
			holds += assertEnd(t, test, states[len(states)-1], what)
		}
	}
	assert.Greater(t, findings, 100)
	assert.Greater(t, holds, 50)
}

// assertExclusive checks that a lock has one writer, or only readers.
func assertExclusive(t *testing.T, s explored.State, what string, step int) {
	t.Helper()
	for _, l := range s.Locks {
		for _, h := range l.Holds {
			assert.True(t, h.Reading || len(l.Holds) == 1, "%s: step %d: %s", what, step, l.Object)
		}
	}
}

// assertAble checks that the goroutine that takes a step did not wait for a lock that
// another holds.
func assertAble(t *testing.T, step explored.Step, before explored.State, what string, at int) {
	t.Helper()
	g, ok := before.Of(step.Goroutine)
	if ok && g.Doing == explored.Waits && (g.For.Operation == "lock" || g.For.Operation == "rlock") {
		assert.Negative(t, g.For.HeldBy, "%s: step %d", what, at)
	}
}

// assertEnd checks the last state, and counts the locks that are held in it.
func assertEnd(t *testing.T, test explored.Test, end explored.State, what string) (holds int) {
	t.Helper()
	for _, w := range test.Waiting {
		g, ok := end.Of(w.Goroutine)
		if ok && w.Operation != explored.Late && w.Operation != "in code that is not instrumented" {
			assert.Equal(t, explored.Waits, g.Doing, "%s: %s", what, explored.Name(w.Goroutine))
		}
		if w.HeldBy >= 0 && w.Object != "" {
			assert.Equal(t, w.HeldBy, g.For.HeldBy, "%s: %s", what, explored.Name(w.Goroutine))
			holds++
		}
	}
	return holds
}
