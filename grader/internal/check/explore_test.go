package check

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/diagnose"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/kata"
)

func scenario() *trial {
	e := kata.Exercise{ID: "gate", Dir: "exercises/x/y", Files: []string{"gate.go"}}
	return &trial{test: kata.Test{Name: "TestScheduleGate"}, bench: &Bench{exercise: e, source: diagnose.Source{Exercise: e}}}
}

// Every verdict of an exploration has one of a grade, and only pass passes.
func TestExploredVerdicts(t *testing.T) {
	for _, v := range []explored.Verdict{explored.Race, explored.Wrong, explored.Panic, explored.Deadlock, explored.Leak, explored.Running, explored.Unexplorable} {
		c := scenario().judge(evidence.Check{Detector: kata.ExploreDetector}, explored.Test{Verdict: v, Schedules: 7, Schedule: "TestScheduleGate@1~abcd", Detail: "printed"})
		assert.True(t, c.Failed(), v)
		assert.Equal(t, 1, c.Failures)
		require.NotNil(t, c.Finding)
		assert.Equal(t, "go run ./grader replay gate 'TestScheduleGate@1~abcd'", c.Finding.Replay)
		assert.NotEmpty(t, c.Finding.Meaning, v)
		require.NotNil(t, c.Finding.Explored, "a report keeps what it draws")
		assert.Equal(t, v, c.Finding.Explored.Verdict)
		assert.Equal(t, "printed", c.Finding.Output+c.Finding.Explored.Detail, "what was printed is kept once")
	}
	two := 2
	c := scenario().judge(evidence.Check{Detector: kata.ExploreDetector}, explored.Test{Verdict: explored.Pass, Schedules: 1137, Least: 20, Exhausted: &two})
	assert.Equal(t, evidence.Pass, c.Verdict)
	assert.Equal(t, 1137, c.Runs)
	assert.Equal(t, "1137 schedules, the same ones for the same fix, among them all with at most 2 delays", c.Note)
	for want, test := range map[string]explored.Test{
		"; proven: all 64 different interleavings pass":                             {Different: 64},
		"; proven: its only interleaving passes":                                    {Different: 1},
		"; proven for one draw of its program: all 64 different interleavings pass": {Different: 64, Drawn: true},
	} {
		test.Verdict, test.Schedules, test.Least = explored.Pass, 264, 20
		c := scenario().judge(evidence.Check{Detector: kata.ExploreDetector}, test)
		assert.Equal(t, "264 schedules, the same ones for the same fix"+want, c.Note)
		assert.Equal(t, !test.Drawn, c.Proven)
	}
	cut := scenario().judge(evidence.Check{Detector: kata.ExploreDetector}, explored.Test{Verdict: explored.Pass, Schedules: 264, Least: 20, Doubts: 1, Different: 64})
	assert.False(t, cut.Proven)
	assert.Equal(t, "what goes wrong in 1 of 264 schedules does so only where time passes while goroutines can run", cut.Finding.Summary)
	assert.NotContains(t, cut.Finding.Meaning, "does not end", "nothing is known of that")
}

// A learner is told of an interleaving only where there is one.
func TestMeaningOfAWrongResult(t *testing.T) {
	alone := explored.Test{Verdict: explored.Wrong, Trace: []explored.Step{{Operation: "start"}, {Operation: "read"}}}
	assert.Equal(t, "Your code breaks the contract with only one goroutine, so with every interleaving.", meaning(alone))
	for other, want := range map[*explored.Step]string{
		{Goroutine: 1, Switch: true}:  "Your code allows an interleaving that breaks the contract.",
		{Goroutine: -1, Slip: "1s"}:   "Your code allows an interleaving that breaks the contract.",
		{Operation: "go", Starts: 1}:  "Your code breaks the contract even if no goroutine is preempted.",
		{Goroutine: 1, Waited: true}:  "Your code breaks the contract even if no goroutine is preempted.",
		{Goroutine: 1, Operation: ""}: "Your code breaks the contract even if no goroutine is preempted.",
	} {
		test := explored.Test{Verdict: explored.Wrong, Trace: append(slices.Clone(alone.Trace), *other)}
		assert.Equal(t, want, meaning(test))
	}
	untold := explored.Test{Verdict: explored.Wrong} // it has too many steps
	assert.Equal(t, "Your code allows an interleaving that breaks the contract.", meaning(untold))
}

// A suite that is slow has time for the schedules that are enough, whatever the effort.
func TestTimeOfSuites(t *testing.T) {
	for _, effort := range []Effort{Quick, Normal, Thorough} {
		suite := &Bench{exercise: kata.Exercise{Suite: true}, lab: &Lab{Effort: effort}}
		assert.GreaterOrEqual(t, suite.exploreTime(), minSuite*suiteTime, effort)
	}
}

// A scenario that did not run does not pass.
func TestIdleScenarioIsNoPass(t *testing.T) {
	for name, test := range map[string]explored.Test{
		"no schedule":     {Verdict: explored.Pass},
		"no steps":        {Verdict: explored.Pass, Schedules: 1000, Least: 1},
		"a forged number": {Verdict: explored.Unexplorable, Summary: explored.Forged},
	} {
		c := scenario().judge(evidence.Check{Detector: kata.ExploreDetector}, test)
		assert.Equal(t, evidence.Integrity, c.Verdict, name)
		assert.NotEmpty(t, c.Finding.Summary, name)
	}
	few := scenario().judge(evidence.Check{Detector: kata.ExploreDetector}, explored.Test{Verdict: explored.Pass, Schedules: 1, Least: 2})
	assert.Equal(t, evidence.Pass, few.Verdict, "a fix that starts no goroutine leaves the scenario with a step of its own")
}

// A report keeps neither an endless trace nor a place that does not exist.
func TestExploredFindingsAreBounded(t *testing.T) {
	endless := explored.Test{Verdict: explored.Running, Trace: make([]explored.Step, maxTrace+1), Waiting: []explored.Waiting{{Goroutine: 1}, {Goroutine: 2, File: "exercises/x/y/gate.go", Line: 7}}}
	c := scenario().judge(evidence.Check{Detector: kata.ExploreDetector}, endless)
	assert.Nil(t, c.Finding.Explored)
	require.Len(t, c.Finding.Places, 1)
	assert.Equal(t, 7, c.Finding.Places[0].Line)
}

// A process that was ended for the memory or the threads that it took has not panicked.
func TestExploredLimits(t *testing.T) {
	for limit, want := range map[string]evidence.Verdict{"memory": evidence.Memory, "threads": evidence.Memory, "disk": evidence.Panic, "": evidence.Panic} {
		c := scenario().judge(evidence.Check{Detector: kata.ExploreDetector}, explored.Test{Verdict: explored.Panic, Exceeded: limit, Summary: "it took more than its share", Schedules: 1})
		assert.Equal(t, want, c.Verdict, limit)
		assert.Equal(t, want == evidence.Memory, c.Finding.Meaning == diagnose.Unbounded, "%s: %s", limit, c.Finding.Meaning)
	}
}

// If the starter's scenario can be explored and the fix's cannot, that counts against
// the fix: it does not pass, and the finding says what the explorer does not control.
func TestUnexplorableSpeaksAgainstTheFix(t *testing.T) {
	for summary, want := range map[string]string{
		"a goroutine waits for something":        "it cannot be explored: a goroutine waits for something",
		explored.Vanished + ", with exit code 0": explored.Vanished + ", with exit code 0",
	} {
		c := scenario().judge(evidence.Check{}, explored.Test{Verdict: explored.Unexplorable, Summary: summary})
		assert.Equal(t, evidence.Integrity, c.Verdict)
		require.NotNil(t, c.Finding)
		assert.Equal(t, want, c.Finding.Summary)
		assert.NotEmpty(t, c.Finding.Meaning)
	}
}

// The same fix has the same seed; another fix most likely has another.
func TestSeeds(t *testing.T) {
	assert.Equal(t, seeds{schedules: 255}, seedsOf("", "00000000000000ff0000"))
	assert.Equal(t, seeds{schedules: 256}, seedsOf("", "0000000000000100"))
	assert.NotZero(t, seedsOf("", "no hash"))
}

// With a secret, the seeds cannot be derived from the fix alone.
func TestSeedsOfASecret(t *testing.T) {
	const hash = "00000000000000ff0000"
	known := map[seeds]bool{seedsOf("", hash): true}
	for _, s := range []seeds{seedsOf("a", hash), seedsOf("b", hash), seedsOf("a", hash+"00")} {
		assert.False(t, known[s], "%v twice", s)
		assert.NotZero(t, s.schedules)
		assert.NotZero(t, s.programs)
		known[s] = true
	}
	assert.Equal(t, seedsOf("a", hash), seedsOf("a", hash), "and yet it is the same every time")
}

// A scenario that was only partly explored does not pass: the rest of a slow fix is unknown.
func TestExploredInPartIsNoPass(t *testing.T) {
	two := 2
	for _, test := range []explored.Test{
		{Verdict: explored.Pass, Schedules: 6, Least: 20, Cut: true},
		{Verdict: explored.Pass, Schedules: 1100, Least: 20, Exhausted: &two, Doubts: 1},
	} {
		c := scenario().judge(evidence.Check{Detector: kata.ExploreDetector}, test)
		assert.Equal(t, evidence.Timeout, c.Verdict)
		require.NotNil(t, c.Finding)
		want := fmt.Sprintf("there was time for %d of them", test.Schedules)
		if !test.Cut {
			want = fmt.Sprintf("in 1 of %d schedules", test.Schedules)
		}
		assert.Contains(t, c.Finding.Summary, want)
	}
}

// A suite of tests may take long, and pass fewer schedules, but not too few.
func TestSuitesMayBeSlow(t *testing.T) {
	for schedules, want := range map[int]evidence.Verdict{39: evidence.Timeout, 40: evidence.Pass} {
		for suite, want := range map[bool]evidence.Verdict{true: want, false: evidence.Timeout} {
			slow := scenario()
			slow.bench.exercise.Suite = suite
			c := slow.judge(evidence.Check{Detector: kata.ExploreDetector}, explored.Test{Verdict: explored.Pass, Schedules: schedules, Least: 20, Cut: true})
			assert.Equal(t, want, c.Verdict, "%d schedules of a suite: %v", schedules, suite)
		}
	}
}

// The detectors that manifests may name are those that judge single tests.
// Manifests, the page about scores and the grader list the same detectors in
// the same order.
func TestDetectorsAreTheSameEverywhere(t *testing.T) {
	var names []string
	for _, d := range Detectors {
		names = append(names, d.Name)
	}
	assert.Equal(t, names, append([]string{kata.PolicyDetector, kata.BuildDetector, kata.VetDetector}, kata.TestDetectors...))
	page, err := os.ReadFile("../../../.github/SCORING.md")
	require.NoError(t, err)
	_, rows, ok := strings.Cut(string(page), "| detector | question |\n|---|---|\n")
	require.True(t, ok)
	var told []string
	for row := range strings.Lines(rows) {
		cell, _, ok := strings.Cut(strings.TrimPrefix(row, "| "), " |")
		if !strings.HasPrefix(row, "| ") || !ok {
			break
		}
		told = append(told, strings.Split(cell, ", ")...)
	}
	assert.Equal(t, names, told)
}

// A wrong result has no line of its own. The lines shown are those around the last
// switch away from a goroutine that could have continued.
func TestLinesAroundTheSwitchThatHurts(t *testing.T) {
	step := func(goroutine, line int, file string, hurts bool) explored.Step {
		return explored.Step{Goroutine: goroutine, Line: line, File: "exercises/x/y/" + file, Switch: hurts}
	}
	trace := []explored.Step{
		step(0, 5, "gate_test.go", false), step(1, 10, "gate.go", false), step(2, 20, "gate.go", true), step(2, 21, "gate.go", false),
		step(1, 11, "gate.go", true), step(0, 9, "gate_test.go", false), step(0, 30, "gate.go", false),
	}
	lines := func(trace []explored.Step) (list []string) {
		for _, p := range scenario().lastLines(explored.Test{Trace: trace}) {
			list = append(list, fmt.Sprint(p.Line, " ", p.Role))
		}
		return list
	}
	assert.Equal(t, []string{"21 g2 was preempted here", "11 g1 went on here"}, lines(trace))
	trace[2].Switch, trace[4].Switch = false, false
	assert.Equal(t, []string{"30 last step of the test", "11 last step of g1", "21 last step of g2"}, lines(trace))
	assert.Empty(t, lines(trace[:1]), "a test's line is not the learner's")
}

// The explored binary is not built for tests that are not explored.
func TestExploredAheadIfAsked(t *testing.T) {
	e := kata.Exercise{Tests: []kata.Test{{Name: "TestPlain"}, {Name: "TestScheduleGate"}}}
	for _, c := range []struct {
		only []string
		want bool
	}{
		{nil, true},
		{[]string{"TestScheduleGate"}, true},
		{[]string{"TestPlain"}, false},
	} {
		b := &Bench{exercise: e, only: c.only, lab: &Lab{builds: make(chan struct{})}} // so that no build begins
		b.explored.ahead(t.Context(), b).stop()
		untried := false
		b.explored.once.Do(func() { untried = true })
		assert.Equal(t, c.want, !untried, c.only)
	}
}
