package check

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/diagnose"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/run"
)

// With an endless loop in the fix, each process of each test would run until its time
// limit. So a process that has used much processor time is stopped, and its goroutines
// are inspected. To find one in a loop of the learner's code proves nothing by itself,
// since the machine may be slow. These do:
//   - the explorer has seen the loop repeat while no goroutine could end it,
//   - a second process gets to the same loop,
//   - or a second process ends in a small part of the time.
//
// If none of them counts against the fix, it gets all the time there is.
const (
	spinTime  = 4 * time.Second  // processor time; tests of right fixes use a third of a second at most
	sureTime  = 10 * time.Second // the same for a second process: more than they use on a machine 20 times slower
	knownTime = time.Second      // the same once an endless loop is known: the process is most likely in it
	knownWall = 3 * time.Second  // the same for a process that sleeps in the loop
	farLess   = 20               // if a process ends this many times faster, the other was not just slow
)

// knownLoops are the endless loops that were certainly seen in a fix.
type knownLoops struct {
	spin time.Duration // replaces spinTime if set
	rest time.Duration // replaces idleTime if set

	mu     sync.Mutex
	places []evidence.Place
	hung   bool // a process has used up all its time
}

// hang records that a process has used up all its time, although it did not lack a
// processor. After that, any other that computes or sleeps for far too long is assumed
// to do the same.
func (k *knownLoops) hang(o diagnose.Outcome) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.hung = k.hung || o.Verdict == evidence.Timeout
}

// certain reports whether a process that was stopped early would never have ended.
func (k *knownLoops) certain(o diagnose.Outcome, r run.Result) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.hung && o.Verdict == evidence.Timeout && r.Spent && (r.Asleep || r.CPU >= k.spins())
}

// spins is how much processor time a process may use before it is inspected, if
// nothing is known yet; sure is how much a second one may.
func (k *knownLoops) spins() time.Duration { return cmp.Or(k.spin, spinTime) }
func (k *knownLoops) sure() time.Duration {
	return k.spins() * (sureTime / time.Second) / (spinTime / time.Second)
}

// add records loops, each by itself.
func (k *knownLoops) add(places ...evidence.Place) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.places = append(k.places, places...)
}

// addInnermost records the innermost of the loops around a position that was also seen
// by an earlier inspection, if there was one. The loops around it may end.
func (k *knownLoops) addInnermost(loops, earlier []evidence.Place) {
	for _, l := range loops {
		if len(earlier) == 0 || diagnose.SameLoop([]evidence.Place{l}, earlier) {
			k.add(l)
			return
		}
	}
}

func (k *knownLoops) known() []evidence.Place {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.places)
}

// suspicious reports whether a process has run for so long that it should be inspected.
func (k *knownLoops) suspicious(cpu, wall time.Duration) bool {
	if len(k.known()) > 0 {
		return cpu >= min(knownTime, k.spins()) || wall >= knownWall
	}
	return cpu >= k.spins()
}

// idleTime is how long a process may do nothing before it is inspected. It is more
// than the second for which the race detector waits on exit.
const (
	idleTime = 2500 * time.Millisecond
	idleCPU  = 10 * time.Millisecond // the resolution of some systems
)

// idle tracks how long a process has done nothing.
type idle struct {
	rest       time.Duration // that it may do nothing; 0: idleTime
	cpu, since time.Duration
	over       bool // it did nothing for too long
}

// tooLong is called with the processor time that the process has used so far, and when.
func (i *idle) tooLong(cpu, wall time.Duration) bool {
	if cpu == 0 || cpu-i.cpu > idleCPU { // 0: unknown
		i.cpu, i.since = cpu, wall
	}
	i.over = wall-i.since >= cmp.Or(i.rest, idleTime)
	return i.over
}

// look is the inspection of a process that was stopped for it.
type look struct {
	outcome diagnose.Outcome
	result  run.Result
}

// looked returns what is certain about a test whose process ran out of time.
func (t *trial) looked(ctx context.Context, kind build.Kind, binary string, s sample, first look) (o diagnose.Outcome, certain bool, err error) {
	o = first.outcome
	known := func() bool { return diagnose.SameLoop(o.Loops, t.bench.loops.known()) }
	switch {
	case known():
		return o, true, nil
	case len(o.Loops) == 0 && kind == build.Race: // such a build seldom says where it is
		return t.plainly(ctx, s, o)
	case len(o.Loops) == 0:
		return o, false, nil
	}
	again, r, err := t.process(ctx, kind, binary, s, testTime*patienceFactor, func(cpu, _ time.Duration) bool {
		return cpu >= t.bench.loops.sure() || known() // by then
	})
	if err != nil || r.Killed() || known() {
		return o, known(), err
	}
	if r.TimedOut && len(again.Loops) == 0 && kind == build.Race { // it says so only at times
		return t.plainly(ctx, s, o)
	}
	seen := o.Loops
	if o, certain = first.with(look{again, r}); certain {
		t.bench.loops.addInnermost(o.Loops, seen)
	}
	return o, certain, nil
}

// located adds the loop to the outcome of a process that used all its time. If a build
// with the race detector does not say where it was, a plain build is asked.
func (t *trial) located(ctx context.Context, kind build.Kind, s sample, o diagnose.Outcome) (diagnose.Outcome, error) {
	if kind != build.Race || o.Verdict != evidence.Timeout || len(o.Loops) > 0 {
		return o, nil
	}
	o, _, err := t.plainly(ctx, s, o)
	return o, err
}

// plainly makes the second inspection, after one of a race build, with a plain build.
func (t *trial) plainly(ctx context.Context, s sample, first diagnose.Outcome) (o diagnose.Outcome, certain bool, err error) {
	binary, found, err := t.bench.binary(ctx, build.Plain)
	if err != nil || found != nil {
		return first, false, err
	}
	loops := &t.bench.loops
	o, r, err := t.process(ctx, build.Plain, binary, s, testTime*patienceFactor, func(cpu, wall time.Duration) bool {
		return cpu >= loops.sure() || len(loops.known()) > 0 && loops.suspicious(cpu, wall)
	})
	switch {
	case err != nil || r.Killed():
		return first, false, err
	case diagnose.SameLoop(o.Loops, loops.known()):
		return o, true, nil
	case len(o.Loops) == 0 || r.CPU < loops.sure():
		return first, false, nil
	}
	loops.addInnermost(o.Loops, nil)
	return o, true, nil
}

// with combines an inspection with that of a second process, and tells what is certain.
func (l look) with(again look) (o diagnose.Outcome, certain bool) {
	switch {
	case again.result.TimedOut:
		return again.outcome, diagnose.SameLoop(l.outcome.Loops, again.outcome.Loops)
	case again.outcome.Verdict == evidence.Pass && farLess*again.result.CPU < l.result.CPU:
		return l.outcome, true
	}
	return again.outcome, true
}

// loopsOf returns the loops that an exploration has found to be endless, as places.
func loopsOf(test explored.Test) (places []evidence.Place) {
	for _, l := range test.Loops {
		at := evidence.Place{File: l.File, Line: l.Line, Role: "this loop does not end"}
		if !slices.Contains(places, at) {
			places = append(places, at)
		}
	}
	return places
}

// endless describes a scenario that does not end: which loop repeats, and how to see
// it. It has no schedule that could be replayed.
func (t *trial) endless(f *evidence.Finding, test explored.Test) {
	if test.Verdict != explored.Running {
		return
	}
	f.Replay = diagnose.Replay(t.bench.source, diagnose.Ending{Test: t.test.Name}, evidence.Timeout)
	if f.Places = loopsOf(test); len(f.Places) > 0 {
		f.Meaning = "No other goroutine ends it: after tens of thousands of steps it is still looping."
	}
}
