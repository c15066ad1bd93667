package check

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/diagnose"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

// draw is the name of one test with points, drawn by lot among those that are asked
// for; "" if none has.
func draw(e kata.Exercise, only []string) string {
	var names []string
	for _, test := range e.Tests {
		if test.Points > 0 && asked(test, only) {
			names = append(names, test.Name)
		}
	}
	if names == nil {
		return ""
	}
	return names[rand.IntN(len(names))]
}

// armed runs a test that has passed in race-built processes once more, in a process
// whose official part fails it at a step drawn by lot: the one that was drawn for this
// grading, or each if the effort is thorough. Code that has got hold of the
// process, and keeps failures from coming out, cannot tell this run from another. It
// reports whether the check stands.
func (t *trial) armed(ctx context.Context, c *evidence.Check, binary string) (bool, error) {
	steps := len(t.bench.staging.Steps(t.test.Name))
	if steps == 0 || t.bench.lab.Effort != Thorough && t.test.Name != t.bench.drawn {
		return true, nil
	}
	s := sample{procs: 4, failAt: 1 + rand.IntN(steps)}
	o, err := t.held(ctx, t.bench.lab.slots, build.Race, binary, s)
	switch {
	case err != nil:
		return false, err
	case cameOut(o.Verdict):
		return true, nil
	case o.Verdict == evidence.Pass:
		o = t.disarmed()
	}
	return !t.record(c, build.Race, s, o), nil
}

// cameOut reports whether a verdict shows that a failure of ours came out. The test ended
// early, and what it had started went on: that may fail as well, and panics if the test is over
// by then, or races with what the test does at its end.
func cameOut(v evidence.Verdict) bool {
	return slices.Contains([]evidence.Verdict{evidence.Fail, evidence.Panic, evidence.Race, evidence.Deadlock, evidence.Leak}, v)
}

// disarmed is what is said of a fix with which a failure of ours is a pass.
func (t *trial) disarmed() diagnose.Outcome {
	return diagnose.Outcome{Verdict: evidence.Integrity, Finding: &evidence.Finding{
		Verdict: evidence.Integrity, Summary: fmt.Sprintf("%s was made to fail, and passed", t.test.Name),
		Meaning: "With this fix in it, a process does not report the failures of its tests.",
		Places:  []evidence.Place{{File: t.bench.exercise.Dir + "/" + t.bench.exercise.Files[0], Role: "here"}},
	}}
}
