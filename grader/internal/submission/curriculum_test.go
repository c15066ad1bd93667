package submission

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/kata"
)

const repository = "../../.."

// variants calls f with every fix that the repository has of an exercise: the
// folder, a slash path, and what it holds.
func variants(tb testing.TB, f func(e kata.Exercise, dir string, s Submission)) {
	tb.Helper()
	k, err := kata.Load(repository)
	require.NoError(tb, err)
	require.NoError(tb, k.Broken)
	for _, e := range k.Exercises {
		dirs := []string{e.Dir, e.Starter(), e.Solution()}
		found, err := filepath.Glob(filepath.Join(repository, filepath.FromSlash(e.Solution()), "testdata", "*", "*"))
		require.NoError(tb, err)
		for _, dir := range found {
			rel, err := filepath.Rel(repository, dir)
			require.NoError(tb, err)
			dirs = append(dirs, filepath.ToSlash(rel))
		}
		for _, dir := range dirs {
			s, err := Read(repository, e, dir)
			require.NoError(tb, err, dir)
			f(e, dir, s)
		}
	}
}

// The policy refuses the fixes that say so, and no others.
func TestPolicyOfTheCurriculum(t *testing.T) {
	seen := 0
	variants(t, func(e kata.Exercise, dir string, s Submission) {
		seen++
		line, _, _ := strings.Cut(string(s.Files[e.Files[0]]), "\n")
		if strings.HasPrefix(line, "// caught by: policy") {
			assert.NotEmpty(t, Check(e, s), dir)
			return
		}
		assert.Empty(t, Check(e, s), dir)
	})
	assert.Greater(t, seen, 30)
}

// The table for authors has every rule, in the words of the code.
func TestContributingListsTheRules(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(repository, ".github", "CONTRIBUTING.md"))
	require.NoError(t, err)
	for _, r := range Rules {
		dropped := ""
		if slices.Contains(kata.Relaxable, r.Name) {
			dropped = "`allow`"
		}
		if r.Name == "import" {
			dropped = "`allow_imports`, `deny_imports`"
		}
		assert.Contains(t, string(text), "| `"+r.Name+"` | "+r.Doc+" | "+dropped+" |\n")
	}
}

// BenchmarkCheck holds every fix of the repository against the policy. What
// counts is the median time a file.
func BenchmarkCheck(b *testing.B) {
	type fix struct {
		e kata.Exercise
		s Submission
	}
	var fixes []fix
	variants(b, func(e kata.Exercise, _ string, s Submission) { fixes = append(fixes, fix{e, s}) })
	var took []time.Duration
	for b.Loop() {
		for _, f := range fixes {
			start := time.Now()
			Check(f.e, f.s)
			took = append(took, time.Since(start)/time.Duration(len(f.s.Files)))
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs/file(median)")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs/file(99%)")
	b.ReportMetric(float64(len(fixes)), "fixes")
}
