package check

import (
	"context"
	"runtime"
	"slices"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/diagnose"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/kata"
)

// trial is one test on its way through the detectors.
type trial struct {
	bench *Bench
	test  kata.Test
	stake *stake         // of the whole fix
	told  bool           // that of this test
	leak  evidence.Check // gathers the ends of all processes

	sleeper *sleeper          // the process that sleeps at its exit, if one does
	repeat  *diagnose.Outcome // of the process that tests has shared with repeat, until repeat has counted it
}

// runTest takes one test through the detectors. The race detector looks first: it
// sees most, and what fails there need not be looked at by any other. If the lab
// asks each detector for itself, an ordinary run comes before it, as a learner
// would have it. What has hung, died, leaked or raced is not repeated.
func (b *Bench) runTest(ctx context.Context, t kata.Test, h *stake) ([]evidence.Check, error) {
	tr := &trial{bench: b, test: t, stake: h, leak: evidence.Check{Detector: kata.LeakDetector, Verdict: evidence.Pass, Note: "at the end of each process"}}
	defer tr.end(ctx)
	if stop, err := tr.pointless(ctx); err != nil || stop != "" {
		return skipAll(stop), err
	}
	checks, stop, err := tr.first(ctx)
	if err == nil {
		checks, err = tr.through(ctx, checks, b.lab.order(), stop)
	}
	if err == nil {
		checks, err = tr.awaken(ctx, checks)
	}
	if err != nil {
		return checks, err
	}
	return ordered(append(checks, tr.gathered())), nil
}

// end ends what is left of a trial.
func (t *trial) end(ctx context.Context) {
	t.mayEarn(ctx, false)
	t.rouse()
}

// through takes the test through some detectors, unless there is a reason to stop.
func (t *trial) through(ctx context.Context, checks []evidence.Check, detectors []Detector, stop string) ([]evidence.Check, error) {
	for _, d := range detectors {
		if stop != "" {
			checks = append(checks, skipped(d.Name, stop))
			continue
		}
		c, err := t.detect(ctx, d)
		if err != nil {
			return checks, err
		}
		checks = append(checks, c)
		if c.Verdict == evidence.Race && !t.bench.lab.Each {
			return t.consequence(ctx, checks)
		}
		if stop = t.stopReason(d, c); d.Name == kata.RaceDetector && stop == "" {
			t.mayEarn(ctx, true)
		}
	}
	return checks, nil
}

// mayEarn tells, once, whether this test may earn its points.
func (t *trial) mayEarn(ctx context.Context, may bool) {
	if t.test.Points > 0 && !t.told {
		t.told = true
		t.stake.tell(may)
		if may {
			t.bench.ahead.build(ctx, t.bench)
		}
	}
}

// pointless tells why a guard need not be looked at, or "": no test with points passes
// under the race detector. As long as that is not known, it waits.
func (t *trial) pointless(ctx context.Context) (stop string, err error) {
	if !t.test.Guard || t.bench.lab.Each {
		return "", nil
	}
	left, err := t.stake.left(ctx)
	if err != nil || left {
		return "", err
	}
	return "because no test with points passes, and a guard has none", nil
}

// gathered is the check of the ends of all processes.
func (t *trial) gathered() evidence.Check {
	if t.leak.Runs == 0 {
		return skipped(kata.LeakDetector, "because no process ran to completion")
	}
	return t.leak
}

// order is that of the detectors that run processes.
func (l *Lab) order() (some []Detector) {
	names := []string{kata.RaceDetector, kata.TestsDetector, kata.RepeatDetector}
	if l.Each {
		names = []string{kata.TestsDetector, kata.RaceDetector, kata.RepeatDetector}
	}
	for _, name := range names {
		some = append(some, Detectors[slices.IndexFunc(Detectors, func(d Detector) bool { return d.Name == name })])
	}
	return some
}

// consequence runs a test that races once more, and past its races: what goes
// wrong then says more to a learner than two lines do. It does not speak for a fix,
// and a test that passes like that has still raced.
func (t *trial) consequence(ctx context.Context, checks []evidence.Check) ([]evidence.Check, error) {
	binary, _, err := t.bench.binary(ctx, build.Race)
	if err != nil {
		return checks, err
	}
	o, err := t.held(ctx, t.bench.lab.slots, build.Race, binary, sample{procs: 4, goOn: true})
	if err != nil {
		return checks, err
	}
	const why = "because race failed"
	tests := skipped(kata.TestsDetector, why)
	if o.Verdict == evidence.Fail && len(o.Finding.Places) > 0 {
		tests = evidence.Check{Detector: kata.TestsDetector, Verdict: evidence.Fail, Runs: 1, Failures: 1, Finding: o.Finding, Note: "a race-built process that keeps running after its races"}
	}
	return append(checks, tests, skipped(kata.RepeatDetector, why)), nil
}

// first explores a scenario, before anything else: its verdict is the same every
// time, and it shows how the fix breaks. Other tests are not explored.
func (t *trial) first(ctx context.Context) (checks []evidence.Check, stop string, err error) {
	if !explored.IsScenario(t.test.Name) {
		return nil, "", nil
	}
	c, err := t.explore(ctx)
	if err != nil {
		return nil, "", err
	}
	if c.Failed() {
		stop = "because " + kata.ExploreDetector + " failed"
	}
	return []evidence.Check{c}, stop, nil
}

// stopReason tells why later detectors have nothing to look at, or "".
func (t *trial) stopReason(d Detector, c evidence.Check) string {
	switch {
	case t.leak.Failed():
		return "because it leaks"
	case d.Name == kata.TestsDetector && c.Verdict == evidence.Fail:
		return ""
	case c.Failed():
		return "because " + d.Name + " failed"
	}
	return ""
}

// ordered sorts checks as kata.TestDetectors has them.
func ordered(checks []evidence.Check) (sorted []evidence.Check) {
	for _, name := range kata.TestDetectors {
		for _, c := range checks {
			if c.Detector == name {
				sorted = append(sorted, c)
			}
		}
	}
	return sorted
}

// detect runs a detector's processes up to the first that fails or leaks. The
// one that sleeps at its exit is left to itself as soon as its test has passed.
func (t *trial) detect(ctx context.Context, d Detector) (evidence.Check, error) {
	plan := d.plan(t.effort(), t.bench.exercise.Timing)
	c := evidence.Check{Detector: d.Name, Verdict: evidence.Pass, Note: describe(d.kind, plan)}
	binary, found, err := t.bench.binary(ctx, d.kind)
	if err != nil {
		return c, err
	}
	if found != nil {
		return found.Against(c), nil
	}
	if d.Name == kata.TestsDetector && t.shares() {
		passed, o, err := t.shared(ctx, binary, plan[0])
		if err != nil || passed {
			c.Runs += plan[0].runs()
			return c, err
		}
		t.record(&c, d.kind, plan[0], o)
		return c, nil
	}
	for _, s := range plan {
		o, asleep, err := t.sampled(ctx, d, binary, s)
		if err != nil {
			return c, err
		}
		if !asleep && t.record(&c, d.kind, s, o) {
			t.rouse()
			return c, nil
		}
	}
	if d.Name == kata.RaceDetector {
		if stands, err := t.armed(ctx, &c, binary); err != nil || !stands {
			t.rouse()
			return c, err
		}
	}
	return c, nil
}

// sampled runs one sample to its end, or until it sleeps at its exit.
func (t *trial) sampled(ctx context.Context, d Detector, binary string, s sample) (o diagnose.Outcome, asleep bool, err error) {
	if done := t.repeat; done != nil && d.Name == kata.RepeatDetector {
		t.repeat = nil
		return *done, false, nil
	}
	if s.exitSleep {
		return t.lull(ctx, d.kind, binary, s)
	}
	o, err = t.held(ctx, t.bench.lab.slots, d.kind, binary, s)
	return o, false, err
}

// shares reports whether the first process of repeat is that of tests, too: a process
// takes longer to start than most tests take. Only the thorough effort, and a lab that asks
// each detector for itself, has them apart.
func (t *trial) shares() bool {
	return !t.bench.lab.Each && t.effort() != Thorough
}

// shared runs the test as tests has it, and after that, in the same process, as the
// first sample of repeat. It reports whether the first run has passed. If it has, the
// outcome is repeat's to count.
func (t *trial) shared(ctx context.Context, binary string, first sample) (passed bool, o diagnose.Outcome, err error) {
	t.repeat = nil
	rest := repeats(t.effort(), t.bench.exercise.Timing)[0]
	s := sample{procs: runtime.GOMAXPROCS(0), own: true, then: rest.all()}
	if o, err = t.held(ctx, t.bench.lab.slots, build.Plain, binary, s); err != nil {
		return false, o, err
	}
	passed = o.Verdict == evidence.Pass || o.Verdict != evidence.Leak && o.Run >= first.runs()
	if passed {
		t.repeat = &o
	}
	return passed, o, nil
}

// effort is how many processes a test gets: a scenario that has held under
// controlled schedules gets few.
func (t *trial) effort() Effort {
	if explored.IsScenario(t.test.Name) && t.bench.lab.Effort == Normal {
		return Quick
	}
	return t.bench.lab.Effort
}

// held runs one sample while it holds one of slots.
func (t *trial) held(ctx context.Context, slots chan struct{}, kind build.Kind, binary string, s sample) (o diagnose.Outcome, err error) {
	err = hold(ctx, slots, func() (err error) { o, err = t.once(ctx, kind, binary, s); return err })
	return o, err
}

// record counts an outcome, and reports whether it settles the check. A leak is
// the leak check's to judge: it does not count against the test itself.
func (t *trial) record(c *evidence.Check, kind build.Kind, s sample, o diagnose.Outcome) (settled bool) {
	if o.Verdict == evidence.Pass || o.Verdict == evidence.Leak {
		t.leak.Runs++
	}
	if o.Verdict == evidence.Leak {
		t.leak.Failures++
		if t.leak.Verdict == evidence.Pass {
			t.leak.Verdict, t.leak.Finding = evidence.Leak, o.Finding
		}
		if !o.TestPassed && c.Verdict == evidence.Pass {
			c.Verdict, c.Note = evidence.Skipped, "skipped because it leaks"
			return true
		}
	}
	c.Runs += s.runs()
	if kind == build.Race {
		c.Wide += s.wide()
	}
	if o.Verdict == evidence.Pass || o.Verdict == evidence.Leak {
		return o.Verdict == evidence.Leak
	}
	c.Failures++
	if c.Verdict == evidence.Pass || c.Verdict == evidence.Skipped {
		c.Verdict, c.Finding = o.Verdict, o.Finding
	}
	return true
}
