package check

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/diagnose"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

// runs counts the runs of a plan by number of processors.
func runs(plan []sample) map[int]int {
	n := map[int]int{}
	for _, s := range plan {
		for _, procs := range s.all() {
			n[procs]++
		}
	}
	return n
}

// Race runs use several numbers of processors at every effort. One processor is
// tried unless time is short, but never alone, and one process waits on exit for
// late goroutines.
func TestRacePlan(t *testing.T) {
	for e, want := range map[Effort]map[int]int{
		Quick: {4: 2, 16: 2}, Normal: {1: 3, 2: 3, 4: 4, 16: 3}, Thorough: {1: 1, 2: 12, 4: 13, 16: 12},
	} {
		plan := raceRuns(e, false)
		assert.Equal(t, want, runs(plan), e)
		for i, s := range plan {
			assert.Equal(t, i == 0, s.exitSleep, e)
		}
	}
	for _, s := range raceRuns(Thorough, false) {
		assert.Equal(t, 1, s.runs(), "a process for each run")
	}
}

// Load is only used for exercises that involve time.
func TestRepeatPlan(t *testing.T) {
	loaded := func(plan []sample) (n int) {
		for _, s := range plan {
			if s.load {
				n++
			}
		}
		return n
	}
	assert.Zero(t, loaded(repeats(Thorough, false)))
	assert.Positive(t, loaded(repeats(Normal, true)))
	assert.Equal(t, map[int]int{1: 2, 2: 2, 4: 2}, runs(repeats(Normal, false)))
	assert.Equal(t, "10 runs in 5 plain processes, GOMAXPROCS 1, 4, 2, 4 of them under load", describe("plain", repeats(Normal, true)))
	assert.Equal(t, "2 runs in one plain process, GOMAXPROCS 1, 4", describe("plain", repeats(Quick, true)))
	for _, s := range repeats(Thorough, true) {
		assert.Equal(t, 1, s.runs(), "a process for each run")
	}
}

func seen(v evidence.Verdict, testPassed bool) diagnose.Outcome {
	o := diagnose.Outcome{Verdict: v, TestPassed: testPassed}
	if v != evidence.Pass {
		o.Finding = &evidence.Finding{Verdict: v}
	}
	return o
}

func newTrial() (*trial, *evidence.Check) {
	return &trial{leak: evidence.Check{Detector: kata.LeakDetector, Verdict: evidence.Pass}}, &evidence.Check{Detector: kata.RaceDetector, Verdict: evidence.Pass}
}

func TestRecord(t *testing.T) {
	tr, c := newTrial()
	assert.False(t, tr.record(c, build.Race, sample{procs: 4}, seen(evidence.Pass, true)))
	assert.True(t, tr.record(c, build.Race, sample{procs: 4}, seen(evidence.Race, false)), "the first failure settles it")
	assert.Equal(t, evidence.Race, c.Verdict)
	assert.Equal(t, 2, c.Runs)
	assert.Equal(t, 1, c.Failures)
	assert.Equal(t, 1, tr.leak.Runs, "a process that died early does not show whether there are leaks")

	tr, c = newTrial()
	tr.record(c, build.Race, sample{procs: 16, repeats: 3}, seen(evidence.Pass, true))
	tr.record(c, build.Race, sample{procs: 1}, seen(evidence.Pass, true))
	tr.record(c, build.Race, sample{procs: 1, then: []int{2}, repeats: 2}, seen(evidence.Pass, true))
	assert.Equal(t, 8, c.Runs, "every run of a process counts")
	assert.Equal(t, 5, c.Wide, "and those on several processors award")
}

// A leak at the end of a passing test counts only for the leak check.
func TestRecordLeak(t *testing.T) {
	tr, c := newTrial()
	assert.True(t, tr.record(c, build.Race, sample{procs: 4}, seen(evidence.Leak, true)))
	assert.Equal(t, evidence.Pass, c.Verdict)
	assert.Equal(t, evidence.Leak, tr.leak.Verdict)
	assert.NotNil(t, tr.leak.Finding)

	tr, c = newTrial()
	assert.True(t, tr.record(c, build.Race, sample{procs: 4}, seen(evidence.Leak, false)))
	assert.Equal(t, evidence.Skipped, c.Verdict, "a test that its leak ended has not passed")
	assert.Equal(t, evidence.Leak, tr.leak.Verdict)
}

// Every verdict except pass and leak fails the check that found it.
func TestUnknownIsNeverAPass(t *testing.T) {
	for _, v := range []evidence.Verdict{evidence.Fail, evidence.Race, evidence.Deadlock, evidence.Panic, evidence.Timeout, evidence.Memory, evidence.Integrity} {
		tr, c := newTrial()
		tr.record(c, build.Race, sample{procs: 4}, seen(v, false))
		assert.True(t, c.Failed(), v)
	}
}

// Only race-built processes with several processors count as wide.
func TestWideRuns(t *testing.T) {
	tr, c := newTrial()
	tr.record(c, build.Race, sample{procs: 1}, seen(evidence.Pass, true))
	tr.record(c, build.Plain, sample{procs: 4}, seen(evidence.Pass, true))
	assert.Zero(t, c.Wide)
	tr.record(c, build.Race, sample{procs: 2}, seen(evidence.Pass, true))
	assert.Equal(t, 1, c.Wide)
}

func TestStopReason(t *testing.T) {
	tests, race := Detectors[3], Detectors[4]
	tr, _ := newTrial()
	assert.Empty(t, tr.stopReason(tests, evidence.Check{Verdict: evidence.Pass}))
	assert.Empty(t, tr.stopReason(tests, evidence.Check{Verdict: evidence.Fail}), "the race detector may say why")
	assert.NotEmpty(t, tr.stopReason(tests, evidence.Check{Verdict: evidence.Deadlock}))
	assert.NotEmpty(t, tr.stopReason(race, evidence.Check{Verdict: evidence.Fail}))
	tr.leak.Verdict = evidence.Leak
	assert.Equal(t, "because it leaks", tr.stopReason(tests, evidence.Check{Verdict: evidence.Pass}))
}

// A process must make all of its runs.
func TestSample(t *testing.T) {
	s := sample{procs: 4, then: []int{16, 1}, repeats: 2}
	assert.Equal(t, []int{4, 4, 16, 16, 1, 1}, s.all())
	assert.Equal(t, 4, s.wide())
	assert.Equal(t, "test 4,4,16,16,1,1", s.mode())
	assert.Contains(t, testArgs("TestX", s), "-test.cpu=4,16,1")
	assert.Contains(t, testArgs("TestX", s), "-test.count=2")
	machine := sample{}
	assert.Equal(t, "test", machine.mode())
	assert.NotContains(t, strings.Join(testArgs("TestX", machine), " "), "-test.cpu")
	assert.Equal(t, []int{0}, machine.told(), "the machine's own")
	assert.Equal(t, []int{0, 2, 8}, sample{procs: 2, own: true, then: []int{2, 8}}.told())
}
