package check

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/diagnose"
	"heisenkata/grader/internal/evidence"
)

// runs counts the runs of a plan on each number of processors.
func runs(plan []sample) map[int]int {
	n := map[int]int{}
	for _, s := range plan {
		n[s.procs] += s.runs()
	}
	return n
}

// Race runs spread over several processors at every effort. One processor is
// tried, unless time is short, and never alone; one process waits at its exit for
// late goroutines.
func TestRacePlan(t *testing.T) {
	for e, want := range map[Effort]map[int]int{
		Quick: {4: 2, 16: 1}, Normal: {1: 1, 2: 3, 4: 4, 16: 3}, Thorough: {1: 1, 2: 12, 4: 13, 16: 12},
	} {
		plan := raceRuns(e, false)
		assert.Equal(t, want, runs(plan), e)
		awake, asleep := split(plan)
		assert.Len(t, asleep, 1, e)
		assert.Equal(t, len(plan), len(awake)+1, e)
	}
	for _, s := range raceRuns(Thorough, false) {
		assert.Equal(t, 1, s.runs(), "a process for each run")
	}
}

// Load is only for exercises in which time is involved.
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
	assert.Equal(t, "10 runs in 7 plain processes, GOMAXPROCS 1, 4, 2, 4 of them under load", describe("plain", repeats(Normal, true)))
}

func seen(v evidence.Verdict, testPassed bool) diagnose.Outcome {
	o := diagnose.Outcome{Verdict: v, TestPassed: testPassed}
	if v != evidence.Pass {
		o.Finding = &evidence.Finding{Verdict: v}
	}
	return o
}

func newTrial() (*trial, *evidence.Check) {
	return &trial{leak: evidence.Check{Detector: LeakName, Verdict: evidence.Pass}}, &evidence.Check{Detector: RaceName, Verdict: evidence.Pass}
}

func TestRecord(t *testing.T) {
	tr, c := newTrial()
	assert.False(t, tr.record(c, build.Race, sample{procs: 4}, seen(evidence.Pass, true)))
	assert.True(t, tr.record(c, build.Race, sample{procs: 4}, seen(evidence.Race, false)), "the first failure settles it")
	assert.Equal(t, evidence.Race, c.Verdict)
	assert.Equal(t, 2, c.Runs)
	assert.Equal(t, 1, c.Failures)
	assert.Equal(t, 1, tr.leak.Runs, "a process that died early says nothing about leaks")

	tr, c = newTrial()
	tr.record(c, build.Race, sample{procs: 16, repeats: 3}, seen(evidence.Pass, true))
	tr.record(c, build.Race, sample{procs: 1}, seen(evidence.Pass, true))
	assert.Equal(t, 4, c.Runs, "every run of a process counts")
	assert.Equal(t, 3, c.Wide, "and those on several processors award")
}

// A leak at the end of a test that passed is the leak check's alone.
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

// Every verdict but pass and leak fails the check that saw it.
func TestUnknownIsNeverAPass(t *testing.T) {
	for _, v := range []evidence.Verdict{evidence.Fail, evidence.Race, evidence.Deadlock, evidence.Panic, evidence.Timeout, evidence.Memory, evidence.Integrity} {
		tr, c := newTrial()
		tr.record(c, build.Race, sample{procs: 4}, seen(v, false))
		assert.True(t, c.Failed(), v)
	}
}

// Only race-built processes on several processors count as such.
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
