package verify

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/check"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/harmless"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/run"
)

var (
	record     = flag.Bool("record", false, "grade every starter, model fix and wrong fix, and keep what package report's screens are tested with")
	recordOnly = flag.String("record-only", "", "of these, only those whose name matches this pattern")
)

const screens = "../report/testdata/screens"

// It takes about ten seconds per variant.
func TestRecordScreens(t *testing.T) {
	if !*record {
		t.Skip("grades some 140 variants; -record does it")
	}
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	k, err := kata.Load(root)
	require.NoError(t, err)
	tc, err := build.FindToolchain(t.Context(), root)
	require.NoError(t, err)
	lab := check.NewLab(k, tc, check.Quick, runtime.NumCPU(), nil)
	lab.Protection, err = run.Probe(t.Context())
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(screens, 0o755))
	only := regexp.MustCompile(*recordOnly)
	for _, e := range k.Exercises {
		variants, problems := Tree(k, e)
		require.Empty(t, problems)
		for _, v := range variants {
			name := strings.ReplaceAll(e.ID+"."+v.Label(), "/", ".")
			if v.Kind == Right || !only.MatchString(name) {
				continue
			}
			t.Run(name, func(t *testing.T) { recordOne(t, lab, v, name) })
		}
	}
}

func recordOne(t *testing.T, lab *check.Lab, v Variant, name string) {
	bench, err := lab.Prepare(t.Context(), v.Exercise, lab.Kata.Root, v.Dir)
	require.NoError(t, err)
	results, err := bench.Run(t.Context())
	require.NoError(t, err)
	require.NoError(t, bench.Close())
	text, err := json.MarshalIndent(recorded(grade.Score(v.Exercise, results.Whole, results.Tests)), "", "")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(screens, name+".json"), append(stepALine(text), '\n'), 0o644))
}

var step = regexp.MustCompile(`(?s)\{\n"goroutine":.*?\n\}`)

// stepALine puts each step of a trace on one line, because some traces have hundreds.
func stepALine(text []byte) []byte {
	return step.ReplaceAllFunc(text, func(s []byte) []byte { return bytes.ReplaceAll(s, []byte("\n"), nil) })
}

// recorded returns a report of one grade without what differs from run to run, and
// without what the screen does not show: pictures of other failures, outputs.
func recorded(g grade.Exercise) grade.Report {
	leading := ""
	for _, f := range g.Failures() {
		if leading == "" && f.Test != nil {
			leading = f.Test.Name
		}
	}
	for i := range g.Tests {
		t := &g.Tests[i]
		if g.Verdict != evidence.Pass {
			t.Checks = slices.DeleteFunc(t.Checks, func(c evidence.Check) bool { return !c.Failed() })
		}
		for _, c := range t.Checks {
			if c.Finding == nil {
				continue
			}
			c.Finding.Output, c.Finding.Picture = "", ""
			if x := c.Finding.Explored; x != nil {
				x.Seconds = 0
			}
			if t.Name != leading { // only its story is needed
				*c.Finding = evidence.Finding{Verdict: c.Finding.Verdict, Summary: c.Finding.Summary}
			}
		}
	}
	r := grade.Sum(grade.Report{
		SelfAssessment: true, Effort: string(check.Quick), Go: "go1.26.0", Platform: "linux/amd64", Processors: 2, Seconds: 1,
		Protection: evidence.Protection{Level: "full", Missing: []string{}}, Notes: []string{grade.SelfAssessment}, Exercises: []grade.Exercise{g},
	})
	return harmless.Copy(r, steady())
}

var goroutineID = regexp.MustCompile(`\bgoroutines? \d+`)

// steady numbers goroutines in the order in which they are named, since the numbers of
// the runtime differ from run to run.
func steady() func(field, text string) string {
	numbers := map[string]int{}
	return func(_, text string) string {
		return goroutineID.ReplaceAllStringFunc(text, func(name string) string {
			word, id, _ := strings.Cut(name, " ")
			if numbers[id] == 0 {
				numbers[id] = len(numbers) + 1
			}
			return fmt.Sprintf("%s %d", word, numbers[id])
		})
	}
}
