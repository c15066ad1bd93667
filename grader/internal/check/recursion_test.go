package check

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/evidence"
)

// Endless recursion is told as what it is. Without a limit for stacks, the process would run out of
// memory first.
func TestEndlessRecursion(t *testing.T) {
	if testing.Short() {
		t.Skip("builds test binaries")
	}
	const hit = "\tif status > 0 {\n\t\tc.Hit(status) // recurses\n\t}"
	for _, kind := range []build.Kind{build.Plain, build.Race} {
		tr := newWorkshop(t).fixed(t, hit, "", "")
		o, err := tr.patient(t.Context(), kind, built(t, tr, kind), sample{procs: 2})
		require.NoError(t, err)
		require.Equal(t, evidence.Panic, o.Verdict)
		assert.Equal(t, "panic: stack overflow: Counter.Hit calls itself again and again", o.Finding.Summary)
		require.NotEmpty(t, o.Finding.Places)
		assert.Contains(t, o.Finding.Places[0].Role, "recurses here")
		assert.Contains(t, o.Finding.Places[0].Code, "// recurses")
	}
}
