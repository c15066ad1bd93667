package check

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

// Endless recursion is told as what it is. Without a limit for stacks, the process would run out of
// memory first.
func TestEndlessRecursion(t *testing.T) {
	if testing.Short() {
		t.Skip("builds test binaries")
	}
	const hit = "\tif status > 0 {\n\t\tc.Hit(status) // recurses\n\t}"
	tr := newWorkshop(t).fixed(t, hit, "", "")
	assertRecurses := func(f *evidence.Finding) {
		t.Helper()
		require.NotNil(t, f)
		assert.Equal(t, evidence.Panic, f.Verdict)
		assert.Equal(t, "panic: stack overflow: Counter.Hit calls itself again and again", f.Summary)
		require.NotEmpty(t, f.Places)
		assert.Contains(t, f.Places[0].Code, "// recurses")
	}
	for _, kind := range []build.Kind{build.Plain, build.Race} {
		o, err := tr.patient(t.Context(), kind, built(t, tr, kind), sample{procs: 2})
		require.NoError(t, err)
		assertRecurses(o.Finding)
	}
	tr.test = kata.Test{Name: "TestScheduleTwoHits"}
	c, err := tr.explore(t.Context())
	require.NoError(t, err)
	assertRecurses(c.Finding)
}
