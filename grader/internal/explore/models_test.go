package explore

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

// modelSchedules is enough for a slip of the explorer that concerns each schedule, or every
// tenth. verify tries as many as a grade does.
const modelSchedules = 30

// Every model fix passes, by the rules of a grade: an explorer that fails one of them is wrong.
func TestModelsPass(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test binary for each exercise")
	}
	from, to := layOut(t)
	models, err := filepath.Glob(filepath.Join(from, "solutions/*/*/*.go"))
	require.NoError(t, err)
	var patterns []string
	for _, model := range models {
		dir, err := filepath.Rel(filepath.Join(from, "solutions"), filepath.Dir(model))
		require.NoError(t, err)
		text, err := os.ReadFile(model)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(to, "exercises", dir, filepath.Base(model)), text, 0o600))
		patterns = append(patterns, "./exercises/"+filepath.ToSlash(dir))
	}
	r, err := Explore(t.Context(), Options{
		Dir: to, Env: os.Environ(), Patterns: patterns, Run: regexp.MustCompile("^TestSchedule"), Race: true, Seed: 1,
		Budget: Budget{Schedules: modelSchedules, Time: Normal.Time, Steps: Normal.Steps}, EarlyTimeouts: true, Strict: true, Processors: runtime.NumCPU(),
	})
	require.NoError(t, err)
	exercises, err := filepath.Glob(filepath.Join(from, "exercises/*/*/exercise.toml"))
	require.NoError(t, err)
	assert.Len(t, r.Packages, len(exercises), "each exercise has a model")
	for _, p := range r.Packages {
		assert.NotEmpty(t, p.Tests, p.Package)
		for _, test := range p.Tests {
			assert.Equal(t, explored.Pass, test.Verdict, "%s, %s: %s", p.Package, test.Name, test.Summary)
			assert.Zero(t, test.Doubts, "%s, %s", p.Package, test.Name)
		}
	}
}
