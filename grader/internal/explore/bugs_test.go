package explore

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

// soon is how many schedules a known bug may hide in.
const soon = 200

// schedules is how many a repair is held against: 2,000, or as many as the
// environment says; releases are held against 20,000.
func schedules() int {
	if n, err := strconv.Atoi(os.Getenv("HEISENKATA_SCHEDULES")); err == nil {
		return n
	}
	return 2000
}

var findsLine = regexp.MustCompile(`(?m)^// finds: (.+)$`)

// finds reads which verdicts a program's first comment names.
func finds(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	require.NoError(t, err)
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		if m := findsLine.FindSubmatch(text); m != nil {
			return strings.Split(string(m[1]), " or ")
		}
	}
	t.Fatalf("%s does not say what is to be found", dir)
	return nil
}

// Each known bug is found soon, as what it is; its repair is silent.
func TestKnownBugs(t *testing.T) {
	if testing.Short() {
		t.Skip("builds some forty test binaries")
	}
	root, err := filepath.Abs("testdata/bugs")
	require.NoError(t, err)
	r, err := Explore(t.Context(), Options{
		Dir: root, Env: os.Environ(), Patterns: []string{"./..."}, Run: regexp.MustCompile("^Test(Bug|Fixed)$"), Race: true, Seed: 1, EarlyTimeouts: true,
		Budget: Budget{Schedules: schedules(), Time: 5 * time.Minute, Steps: Normal.Steps}, Processors: runtime.NumCPU(),
	})
	require.NoError(t, err)
	bugs, repairs := 0, 0
	for _, p := range r.Packages {
		if p.Reason == "it has no tests" {
			continue
		}
		assert.Empty(t, p.Reason, p.Package)
		for _, test := range p.Tests {
			if test.Name == "TestFixed" {
				repairs++
				assert.Equal(t, explored.Pass, test.Verdict, "%s: %s %s", p.Package, test.Schedule, test.Summary)
				assert.Equal(t, schedules(), test.Schedules, p.Package)
				continue
			}
			bugs++
			want := finds(t, filepath.Join(root, p.Dir))
			assert.True(t, slices.Contains(want, string(test.Verdict)), "%s: %s after %d schedules, want %s: %s", p.Package, test.Verdict, test.Schedules, want, test.Summary)
			assert.LessOrEqual(t, test.Schedules, soon, p.Package)
			assert.False(t, test.Varies, "%s: a replay runs other steps", p.Package)
			assert.NotEmpty(t, test.Schedule, p.Package)
		}
	}
	assert.GreaterOrEqual(t, bugs, 30)
	assert.Equal(t, bugs, repairs)
}
