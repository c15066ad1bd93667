package diagnose

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
)

// seeds are the recorded endings.
func seeds(f *testing.F, add func(output, raceLog string)) {
	for _, e := range endings {
		switch e.name {
		case "Race":
			add("", recorded(f, "Race.log"))
		default:
			add(recorded(f, e.name+".txt"), "")
		}
	}
}

// FuzzReport: no report passes but the honest one, and without the secret none.
func FuzzReport(f *testing.F) {
	f.Add(reports("begin TestPass", "pass TestPass", "done 0"))
	f.Add(reports("begin TestPass", "fail TestPass", "done 1"))
	f.Add(reports("begin TestPass", "pass TestPass", "leak", "done 1"))
	f.Add("begin TestPass\n pass TestPass\n" + secret + "\n\n" + secret + " \n")
	f.Fuzz(func(t *testing.T, report string) {
		got := readReport("TestPass", 1, nil, secret, report)
		if got.honest() {
			assert.Equal(t, reports("begin TestPass", "pass TestPass", "done 0"), normal(report))
		}
		if !strings.Contains(report, secret) {
			assert.False(t, readReport("TestPass", 1, nil, secret, report).clean())
		}
		assert.False(t, readReport("TestPass", 1, nil, "", report).honest(), "a process without a secret has nothing to say")
		assert.False(t, readReport("TestOther", 1, nil, secret, report).honest() && strings.Contains(report, "TestPass"))
	})
}

// normal writes numbers as the official part does: +0 and 00 are 0 as well.
func normal(report string) string {
	at := strings.LastIndex(report, "done ")
	return report[:at] + "done 0\n"
}

// FuzzClassify: whatever a process prints and whatever stands in its race log, it
// does not pass by it, and what is said of it is fit to be shown.
func FuzzClassify(f *testing.F) {
	seeds(f, func(output, raceLog string) {
		f.Add(output, raceLog, 2, false)
		f.Add(output, raceLog, 1, true)
		f.Add(output, raceLog, 0, false)
	})
	f.Fuzz(func(t *testing.T, output, raceLog string, exit int, timedOut bool) {
		src := fuzzSource()
		o := Classify(src, Ending{Test: "TestPass", Secret: secret, ExitCode: exit, TimedOut: timedOut, Output: output, RaceLog: raceLog})
		require.NotEqual(t, evidence.Pass, o.Verdict)
		require.NotEqual(t, evidence.Error, o.Verdict, "no output is the grader's fault")
		require.NotNil(t, o.Finding)
		assert.False(t, o.TestPassed)
		assert.True(t, utf8.ValidString(o.Finding.Summary+o.Finding.Output))
		assert.NotContains(t, o.Finding.Summary+o.Finding.Output, "\x1b")
		assert.LessOrEqual(t, len(o.Finding.Output), 8*excerpt)
		for _, p := range o.Finding.Places {
			assert.GreaterOrEqual(t, p.Line, 0)
		}
	})
}

func fuzzSource() Source {
	s := Source{Files: map[string][]byte{"y.go": []byte("package y\n"), "y_test.go": []byte("package y_test\n")}}
	s.Exercise.Dir, s.Exercise.Files = "exercises/00-x/00-y", []string{"y.go"}
	return s
}

// FuzzGoroutines: dumps and goleak's lists are read without a fault, and no
// goroutine is made up.
func FuzzGoroutines(f *testing.F) {
	seeds(f, func(output, _ string) { f.Add(output) })
	f.Fuzz(func(t *testing.T, text string) {
		all := parseGoroutines(text)
		assert.LessOrEqual(t, len(all), strings.Count(text, "oroutine"))
		for _, g := range all {
			assert.Contains(t, text, g.id)
			for _, frame := range slices.Concat(g.frames, g.created) {
				assert.NotEmpty(t, frame.file)
			}
		}
		src := fuzzSource()
		assert.LessOrEqual(t, len(waiting(src, all)), maxPlaces)
	})
}

// FuzzRaceReport: a race log is read without a fault.
func FuzzRaceReport(f *testing.F) {
	f.Add(recorded(f, "Race.log"))
	f.Add("WARNING: DATA RACE\nRead at 0x00c0 by goroutine 7:\n  x()\n      y.go:1 +0x1\n==================\n")
	f.Fuzz(func(t *testing.T, log string) {
		r := parseRace(log)
		assert.LessOrEqual(t, len(r.accesses), strings.Count(strings.ToLower(log), " at 0x"))
		finding := explainRace(fuzzSource(), Ending{RaceLog: log})
		assert.True(t, strings.HasPrefix(finding.Summary, "data race"))
		for _, a := range Accesses(log) {
			assert.NotEmpty(t, a.Kind)
		}
	})
}
