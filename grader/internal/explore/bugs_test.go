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

	"heisenkata/grader/internal/explore/rt/wire"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/explored/held"
	"heisenkata/grader/internal/sampled"
)

// soon is how many schedules a known bug may hide in.
const soon = 200

// schedules is how many a repair is held against: 200, or as many as the
// environment says; releases are held against 20,000.
func schedules() int {
	if n, err := strconv.Atoi(os.Getenv("HEISENKATA_SCHEDULES")); err == nil {
		return n
	}
	return 200
}

var claim = regexp.MustCompile(`(?m)^// (finds|tells): (.+)$`)

// claims reads which verdicts a program's first comments name, and what the story
// of its race says: part of it, "nothing" if it has none, or "" for any.
func claims(t *testing.T, dir string) (finds []string, tells string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	require.NoError(t, err)
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, m := range claim.FindAllSubmatch(text, -1) {
			if string(m[1]) == "finds" {
				finds = strings.Split(string(m[2]), " or ")
			} else {
				tells = string(m[2])
			}
		}
	}
	require.NotEmpty(t, finds, "%s does not say what is to be found", dir)
	return finds, tells
}

// replays is how often each finding is replayed, on one processor and on four.
func replays() int {
	if n, err := strconv.Atoi(os.Getenv("HEISENKATA_REPLAYS")); err == nil {
		return n
	}
	return 25
}

// knownBugs are the folders of some known bugs, one of so many by what is in them: the
// same ones until that changes. HEISENKATA_ALL=1 takes all.
func knownBugs(t *testing.T, root string, oneOf uint32) (patterns []string) {
	files, err := filepath.Glob(filepath.Join(root, "*", "*_test.go"))
	require.NoError(t, err)
	for _, name := range files {
		if taken(t, name, oneOf) {
			patterns = append(patterns, "./"+filepath.Base(filepath.Dir(name)))
		}
	}
	require.NotEmpty(t, patterns)
	return slices.Compact(patterns)
}

// taken reports whether a file is one of a sample of one in so many. It depends on what is
// in it, so that the sample stays the same until that changes.
func taken(t *testing.T, file string, oneOf uint32) bool {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return sampled.In(string(text), oneOf)
}

// Each known bug is found soon, as what it is, and found again by its schedule,
// in other processes and on more processors. Its repair is silent.
func TestKnownBugs(t *testing.T) {
	if testing.Short() {
		t.Skip("builds some hundred test binaries")
	}
	root, err := filepath.Abs("testdata/bugs")
	require.NoError(t, err)
	patterns := knownBugs(t, root, 10)
	s, err := Prepare(t.Context(), Options{
		Dir: root, Env: os.Environ(), Patterns: patterns, Run: regexp.MustCompile("^Test(Bug|Fixed)$"), Race: true, Seed: 1, EarlyTimeouts: true,
		Budget: Budget{Schedules: schedules(), Time: 30 * time.Minute, Steps: Normal.Steps}, Processors: runtime.NumCPU(),
	})
	require.NoError(t, err)
	defer s.Close()
	bugs, repairs := 0, 0
	byPath := map[string]*target{}
	for _, t := range s.targets {
		byPath[t.path] = t
	}
	for _, p := range s.work(t.Context()) {
		if p.Reason == explored.NoTests {
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
			checkBug(t, p, test, filepath.Join(root, p.Dir))
			checkReplays(t, s, byPath[p.Package], test)
		}
	}
	assert.Equal(t, len(patterns), bugs)
	assert.Equal(t, bugs, repairs)
}

func checkBug(t *testing.T, p explored.Package, test explored.Test, dir string) {
	t.Helper()
	want, tells := claims(t, dir)
	assert.True(t, slices.Contains(want, string(test.Verdict)), "%s: %s after %d schedules, want %s: %s", p.Package, test.Verdict, test.Schedules, want, test.Summary)
	assert.LessOrEqual(t, test.Schedules, soon, p.Package)
	assert.False(t, test.Varies, "%s: a replay runs other steps", p.Package)
	assert.NotEmpty(t, test.Schedule, p.Package)
	switch {
	case tells == "nothing":
		assert.Empty(t, test.Story, p.Package)
	case tells != "":
		assert.Contains(t, test.Story, tells, p.Package)
	}
	for _, columns := range widths {
		picture := explored.Picture(test, columns)
		assert.Empty(t, held.Missing(test, picture), "%s at %d columns: %s\n%s", p.Package, columns, test.Summary, picture)
	}
}

func checkReplays(t *testing.T, s *Session, at *target, test explored.Test) {
	t.Helper()
	_, schedule, _ := strings.Cut(test.Schedule, "@")
	for _, procs := range []int{1, 4} {
		s.procs = procs
		o := s.process(t.Context(), at, wire.Job{
			Mode: wire.Replay, Tests: []string{test.Name}, Schedule: schedule, Times: replays(), Millis: 3_600_000, Steps: Normal.Steps, EarlyTimeouts: true,
		})
		assert.Equal(t, string(test.Verdict), string(o.Kind), "%s on %d processors", at.path, procs)
		assert.Equal(t, replays(), o.Same, "%s on %d processors", at.path, procs)
		assert.False(t, o.Varies, "%s on %d processors", at.path, procs)
		assert.Equal(t, withoutAddresses(test.Story), withoutAddresses(s.told(at, test.Name, *o).Story), "%s on %d processors", at.path, procs)
	}
	s.procs = 1
}

var address = regexp.MustCompile(`0x[0-9a-f]+`)

func withoutAddresses(text string) string { return address.ReplaceAllString(text, "0x") }
