package forced

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore"
	"heisenkata/grader/internal/explored"
)

// shop explores the package with one bug of each kind.
func shop(t *testing.T) (dir string, found map[string]explored.Test) {
	dir, err := filepath.Abs("testdata/bugs")
	require.NoError(t, err)
	r, err := explore.Explore(t.Context(), explore.Options{Dir: dir, Env: os.Environ(), Patterns: []string{"./shop"}, Race: true, Seed: 1, Budget: explore.Normal, Processors: 2})
	require.NoError(t, err)
	found = map[string]explored.Test{}
	for _, test := range r.Packages[0].Tests {
		found[test.Name] = test
	}
	return dir, found
}

// What is forced fails each time, with the finding's own failure; and what cannot be
// forced is not claimed.
func TestFindingsBecomeTests(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test for each finding")
	}
	dir, found := shop(t)
	for name, want := range map[string]struct {
		verdict explored.Verdict
		bubble  bool
		problem *ProblemKind // for which it cannot be forced
	}{
		"TestVisits":   {explored.Race, true, nil},
		"TestSeats":    {explored.Wrong, true, nil},
		"TestTransfer": {explored.Deadlock, false, nil},
		"TestGate":     {explored.Deadlock, true, nil},
		"TestFirst":    {explored.Leak, true, nil},
		"TestOrder":    {explored.Wrong, false, new(Middle)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, want.verdict, found[name].Verdict, found[name].Summary)
			var r Result
			for range 5 { // what goes by time may go wrong while the machine is busy
				var err error
				r, err = Make(t.Context(), Options{Dir: dir, Env: os.Environ(), Pattern: "./shop", Runs: 3, Test: found[name]})
				require.NoError(t, err)
				if want.bubble || want.problem != nil || r.Patch != "" {
					break
				}
			}
			if want.problem != nil {
				assert.Empty(t, r.Patch)
				require.NotEmpty(t, r.Problems)
				assert.Equal(t, *want.problem, r.Problems[0].Kind)
				return
			}
			require.NotEmpty(t, r.Patch, r.Why)
			assert.Equal(t, 3, r.Failures)
			assert.Equal(t, want.bubble, r.Bubble)
			assert.Empty(t, r.Problems)
			if want.verdict != explored.Deadlock && want.verdict != explored.Leak { // those take long
				assertUsable(t, dir, r)
			}
		})
	}
}

// assertUsable applies the patch as a reader would, runs the command, and takes the patch
// back.
func assertUsable(t *testing.T, dir string, r Result) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("no git")
	}
	tree := filepath.Join(t.TempDir(), "tree")
	require.NoError(t, os.CopyFS(tree, os.DirFS(dir)))
	patch := filepath.Join(t.TempDir(), "order.diff")
	require.NoError(t, os.WriteFile(patch, []byte(r.Patch), 0o600))
	do := func(name string, args ...string) (string, error) {
		c := exec.Command(name, args...)
		c.Dir = tree
		out, err := c.CombinedOutput()
		return string(out), err
	}
	out, err := do(git, "apply", patch)
	require.NoError(t, err, out+r.Patch)
	out, err = do("gofmt", "-l", ".")
	require.NoError(t, err)
	assert.Empty(t, out, r.Patch)
	out, err = do("sh", "-c", r.Command)
	assert.Error(t, err, "it passes: %s", out)
	assert.Contains(t, out, "FAIL")
	out, err = do(git, "apply", "-R", patch)
	require.NoError(t, err, out)
	before, err := os.ReadFile(filepath.Join(dir, "shop/shop.go"))
	require.NoError(t, err)
	after, err := os.ReadFile(filepath.Join(tree, "shop/shop.go"))
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after))
	assert.NoFileExists(t, filepath.Join(tree, "internal/turns/turns.go"))
}
