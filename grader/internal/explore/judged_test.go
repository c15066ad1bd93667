package explore

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/sampled"
)

// wanted is a test of testdata/judged and what it has to come to.
type wanted struct{ verdict, says string }

var wantedLine = regexp.MustCompile(`(?m)^// want: (\w+)(?:: (.+))?\nfunc (Test\w+)\(`)

func wantedOf(t *testing.T, module string) map[string]wanted {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", module, "*_test.go"))
	require.NoError(t, err)
	all := map[string]wanted{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, m := range wantedLine.FindAllStringSubmatch(string(text), -1) {
			all[m[3]] = wanted{m[1], m[2]}
		}
	}
	return all
}

// What once was judged wrongly is judged right: by many schedules, by so few that
// one which does not end is the only one of its kind, and by all with no delay.
// HEISENKATA_ALL=1 takes each in all these ways, else one in three of the dearer ones.
func TestJudged(t *testing.T) {
	many := Budget{Schedules: 200, Time: time.Minute, Steps: Normal.Steps, Step: time.Second}
	few := many
	few.Schedules = 2
	for name, o := range map[string]Options{"many": {Budget: many}, "few": {Budget: few}, "exhaustive": {Budget: many, Exhaustive: true}} {
		s := prepared(t, "judged", ".", o)
		want := wantedOf(t, "judged")
		require.Len(t, s.targets[0].tests, len(want))
		for _, test := range s.targets[0].tests {
			t.Run(name+"/"+test, func(t *testing.T) {
				if name != "few" && !sampled.In(name+test, 3) {
					t.Skip("tried if HEISENKATA_ALL is set")
				}
				got, err := s.One(t.Context(), test)
				require.NoError(t, err)
				assert.Equal(t, want[test].verdict, string(got.Verdict), got.Summary)
				assert.Contains(t, got.Summary, want[test].says)
			})
		}
	}
}

// What a test sees of itself, and hands to others, is what it would be otherwise.
func TestJudgedPackages(t *testing.T) {
	for _, pkg := range []string{"sees", "passes", "remade", "late", "network", "janitors", "weakly", "polls"} {
		s := prepared(t, "judged", pkg, Options{Budget: Budget{Schedules: 50, Time: time.Minute, Steps: Normal.Steps}})
		require.NoError(t, s.Ready())
		for test, want := range wantedOf(t, filepath.Join("judged", pkg)) {
			t.Run(pkg+"/"+test, func(t *testing.T) {
				got, err := s.One(t.Context(), test)
				require.NoError(t, err)
				assert.Equal(t, want.verdict, string(got.Verdict), got.Summary)
				assert.Contains(t, got.Summary, want.says)
			})
		}
	}
}

// A failure names the line that fails, past helpers and libraries of assertions.
func TestFailuresNameTheirLine(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "judged", "which", "which_test.go"))
	require.NoError(t, err)
	s := prepared(t, "judged", "which", Options{Budget: Budget{Schedules: 20, Time: time.Minute, Steps: Normal.Steps}})
	for i, line := range strings.Split(string(text), "\n") {
		source, name, ok := strings.Cut(strings.TrimSpace(line), " // fails: ")
		if !ok {
			continue
		}
		got, err := s.One(t.Context(), name)
		require.NoError(t, err)
		require.NotNil(t, got.FailedAt, "%s: %s", name, got.Summary)
		assert.Equal(t, "which/which_test.go", got.FailedAt.File)
		assert.Equal(t, i+1, got.FailedAt.Line, name)
		assert.Contains(t, got.FailedAt.Source, source)
		if got.Verdict == explored.Wrong {
			assert.NotContains(t, got.Detail, s.runtime, "a list of calls ends where the test begins")
		}
	}
}

// A finding's own evidence is no access of the code's. It is read after the schedule, by
// what nothing else has waited for.
func TestEvidenceRacesWithNothing(t *testing.T) {
	races := 0
	for _, seed := range []uint64{1, 9, 10} {
		s := prepared(t, "judged", "after", Options{Seed: seed, Budget: Budget{Schedules: 100, Time: time.Minute, Steps: Normal.Steps}})
		got, err := s.One(t.Context(), "TestConditions")
		require.NoError(t, err)
		for _, a := range got.Races {
			races++
			assert.NotContains(t, a.File, "heisenkata", got.Summary)
		}
	}
	assert.Positive(t, races, "it has a race of its own")
}
