package check

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

// verdictsOf are the verdicts of checks, by detector.
func verdictsOf(checks []evidence.Check) map[string]evidence.Verdict {
	found := map[string]evidence.Verdict{}
	for _, c := range checks {
		found[c.Detector] = c.Verdict
	}
	return found
}

// What a process shows after its test has passed counts as what it shows before: no
// detector that has looked in between makes up for it.
func TestAwaken(t *testing.T) {
	pass, fail, skip := evidence.Pass, evidence.Fail, evidence.Skipped
	for name, c := range map[string]struct {
		late evidence.Verdict
		want map[string]evidence.Verdict
	}{
		"it ends well":  {pass, map[string]evidence.Verdict{kata.RaceDetector: pass, kata.TestsDetector: pass, kata.RepeatDetector: pass}},
		"it ends badly": {fail, map[string]evidence.Verdict{kata.RaceDetector: fail, kata.TestsDetector: skip, kata.RepeatDetector: skip}},
		"it leaks":      {evidence.Leak, map[string]evidence.Verdict{kata.RaceDetector: pass, kata.TestsDetector: skip, kata.RepeatDetector: skip}},
	} {
		tr, _ := newTrial()
		tr.bench = &Bench{lab: &Lab{}}
		tr.sleeper = &sleeper{kind: build.Race, sample: sample{procs: 4}, outcome: seen(c.late, true), over: make(chan struct{})}
		close(tr.sleeper.over)
		checks := []evidence.Check{{Detector: kata.RaceDetector, Verdict: pass}, {Detector: kata.TestsDetector, Verdict: pass}, {Detector: kata.RepeatDetector, Verdict: pass}}
		checks, err := tr.awaken(t.Context(), checks)
		require.NoError(t, err, name)
		assert.Equal(t, c.want, verdictsOf(checks), name)
		assert.Equal(t, 1, checks[0].Runs, name)
		assert.Equal(t, c.late == evidence.Leak, tr.leak.Failed(), name)
	}
}

// Only what the official part says counts as passed, and as its last word.
func TestPassedBeforeTheEnd(t *testing.T) {
	for text, want := range map[string]bool{
		"s3cret begin TestX\ns3cret pass TestX\ns3cret done 0\n": true,
		"s3cret begin TestX\ns3cret pass TestX\n":                false,
		"s3cret begin TestX\ns3cret fail TestX\ns3cret done 1\n": false,
		"other done 0\n": false,
		"":               false,
	} {
		ch := &channel{dir: t.TempDir(), secret: "s3cret"}
		require.NoError(t, os.WriteFile(filepath.Join(ch.dir, "report"), []byte(text), 0o600))
		told := make(chan struct{})
		stop := ch.passed(func() { close(told) })
		got := false
		select {
		case <-told:
			got = true
		case <-time.After(10 * lullEvery):
		}
		stop()
		assert.Equal(t, want, got, text)
	}
}
