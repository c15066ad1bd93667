package check

import (
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

// What tests and repeat see in one process counts for the one in whose run it happens.
func TestTestsAndRepeatShareAProcess(t *testing.T) {
	if testing.Short() {
		t.Skip("builds test binaries")
	}
	if runtime.GOMAXPROCS(0) == 1 {
		t.Skip("on one processor all runs are alike")
	}
	w := newWorkshop(t)
	w.Effort = Quick
	for name, c := range map[string]struct {
		hit           string
		tests, repeat evidence.Verdict
		on            int // GOMAXPROCS that a finding names
	}{
		"right":                  {"", evidence.Pass, evidence.Pass, 0},
		"wrong at once":          {"\tc.total++", evidence.Fail, evidence.Fail, 0},
		"wrong on one processor": {"\tif runtime.GOMAXPROCS(0) == 1 {\n\t\tc.total++\n\t}", evidence.Pass, evidence.Fail, 1},
		"gone on one processor":  {"\tif runtime.GOMAXPROCS(0) == 1 {\n\t\tpanic(\"gone\")\n\t}", evidence.Pass, evidence.Panic, 1},
		"leaks at once":          {"\tgo func() { select {} }()", evidence.Pass, evidence.Skipped, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if os.Getenv("HEISENKATA_ALL") == "" && name != "right" && name != "gone on one processor" {
				t.Skip("tried if HEISENKATA_ALL is set")
			}
			imports := ""
			if c.on > 0 {
				imports = "\t\"runtime\""
			}
			tr := w.fixed(t, c.hit, "", imports)
			tr.leak = evidence.Check{Detector: kata.LeakDetector, Verdict: evidence.Pass}
			checks, err := tr.through(t.Context(), nil, tr.bench.lab.order()[1:], "")
			require.NoError(t, err)
			require.Len(t, checks, 2)
			tests, repeat := checks[0], checks[1]
			assert.Equal(t, c.tests, tests.Verdict)
			assert.Equal(t, c.repeat, repeat.Verdict)
			assert.Equal(t, 1, tests.Runs)
			assert.Equal(t, repeat.Verdict == evidence.Skipped, tr.leak.Failed())
			if c.on > 0 {
				assert.Equal(t, c.on, repeat.Finding.GOMAXPROCS)
			}
			if tests.Verdict == evidence.Fail {
				assert.Zero(t, tests.Finding.GOMAXPROCS, "the machine's own")
			}
			if tests.Verdict == evidence.Pass && repeat.Verdict == evidence.Pass {
				assert.Equal(t, 2, repeat.Runs)
				assert.Equal(t, 1, tr.leak.Runs, "one process")
			}
		})
	}
}
