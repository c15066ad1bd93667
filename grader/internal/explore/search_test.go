package explore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore/rt/wire"
	"heisenkata/grader/internal/run"
)

// searchCap is how many schedules a program is searched for, and searchSeeds how often.
const (
	searchCap   = 10_000
	searchSeeds = 20
)

// strategies are compared one alone, and last the rotation of some of them.
var strategies = []string{"random", "sticky", "pct2", "pct3", "pos", "surw", "places", "orders", "queues", ""}

// BenchmarkSearch prints, for each program of testdata/search, each strategy and the
// rotation, the mean number of schedules to the first finding, and their geometric
// mean over the programs. HEISENKATA_SEARCH narrows the strategies, by a regular
// expression: all of them take an hour, the rotation takes a minute. So does
// HEISENKATA_BUGS the programs.
func BenchmarkSearch(b *testing.B) {
	only := regexp.MustCompile(os.Getenv("HEISENKATA_SEARCH"))
	chosen := slices.DeleteFunc(slices.Clone(strategies), func(s string) bool { return !only.MatchString(title(s)) })
	for b.Loop() {
		table := map[string]map[string][]int{}
		s := searchSession(b)
		for _, strategy := range chosen {
			table[strategy] = s.searches(b, strategy, searchSeeds)
		}
		fmt.Print(comparison(chosen, table))
		s.Close()
	}
}

// The rotation finds each program's bug with each of a few seeds.
func TestSearch(t *testing.T) {
	if testing.Short() {
		t.Skip("explores some forty programs")
	}
	s := searchSession(t)
	defer s.Close()
	found := s.searches(t, "", 3)
	require.GreaterOrEqual(t, len(found), 30)
	for name, numbers := range found {
		for seed, n := range numbers {
			require.Positive(t, n, "%s, seed %d", name, seed)
		}
	}
}

func searchSession(tb testing.TB) *Session {
	root, err := filepath.Abs("testdata/search")
	require.NoError(tb, err)
	s, err := Prepare(tb.Context(), Options{Dir: root, Env: os.Environ(), Patterns: []string{"./..."}, Race: true, Seed: 1, Budget: Normal, Processors: 1})
	require.NoError(tb, err)
	require.NoError(tb, s.Ready())
	only := regexp.MustCompile(os.Getenv("HEISENKATA_BUGS"))
	s.targets[0].tests = slices.DeleteFunc(s.targets[0].tests, func(name string) bool { return !only.MatchString(name) })
	return s
}

// searches is in which schedule each program's bug was found, by seed; 0 if it was not.
func (s *Session) searches(tb testing.TB, strategy string, seeds int) map[string][]int {
	found := map[string][]int{}
	for seed := range seeds {
		outcomes := s.search(tb, strategy, uint64(seed))
		for _, name := range s.targets[0].tests {
			n := 0
			if o := outcomes[name]; o.Kind != wire.Pass && o.Kind != "" {
				n = o.Number + 1
			}
			found[name] = append(found[name], n)
		}
	}
	return found
}

func (s *Session) search(tb testing.TB, strategy string, seed uint64) map[string]wire.Outcome {
	dir := tb.TempDir()
	job := wire.Job{
		Mode: wire.First, Tests: s.targets[0].tests, Seed: seed, Strategy: strategy, Stride: 1, Schedules: searchCap, Millis: 600_000, Steps: Normal.Steps,
		Secret: "s", Out: filepath.Join(dir, "out"), Now: filepath.Join(dir, "now"), RaceLog: filepath.Join(dir, "race"), EarlyTimeouts: true,
	}
	text, err := json.Marshal(job)
	require.NoError(tb, err)
	require.NoError(tb, os.WriteFile(filepath.Join(dir, "job"), text, 0o600))
	r, err := run.Run(tb.Context(), run.Command{Path: s.targets[0].binary, Args: []string{"-test.run=^" + wire.Driver + "$", "-test.timeout=0"}, Env: s.workEnv(dir, job), Dir: dir, Timeout: goTime})
	require.NoError(tb, err)
	out, err := os.ReadFile(job.Out)
	require.NoError(tb, err, "%s", r.Output)
	outcomes := map[string]wire.Outcome{}
	for line := range bytes.Lines(out) {
		var o wire.Outcome
		require.NoError(tb, json.Unmarshal(bytes.TrimPrefix(line, []byte("s ")), &o))
		outcomes[o.Test] = o
	}
	return outcomes
}

func title(strategy string) string {
	if strategy == "" {
		return "rotation"
	}
	return strategy
}

// comparison is the table. A search that found nothing counts as one that took
// searchCap schedules; how many found it stands behind the mean.
func comparison(strategies []string, table map[string]map[string][]int) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%-18s", "schedules to find")
	for _, s := range strategies {
		fmt.Fprintf(&text, "%14s", title(s))
	}
	logs := map[string]float64{}
	programs := slices.Sorted(maps.Keys(table[strategies[0]]))
	for _, name := range programs {
		fmt.Fprintf(&text, "\n%-18s", strings.TrimPrefix(name, "Test"))
		for _, s := range strategies {
			mean, missed := meanOf(table[s][name])
			logs[s] += math.Log(mean)
			cell := fmt.Sprintf("%.1f", mean)
			if missed > 0 {
				cell += fmt.Sprintf(" (-%d)", missed)
			}
			fmt.Fprintf(&text, "%14s", cell)
		}
	}
	fmt.Fprintf(&text, "\n%-18s", "geometric mean")
	for _, s := range strategies {
		fmt.Fprintf(&text, "%14.1f", math.Exp(logs[s]/float64(len(programs))))
	}
	return text.String() + "\n"
}

func meanOf(numbers []int) (mean float64, missed int) {
	for _, n := range numbers {
		if n == 0 {
			missed++
			n = searchCap
		}
		mean += float64(n) / float64(len(numbers))
	}
	return mean, missed
}
