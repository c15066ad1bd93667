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

// A fix with an endless loop would take each process of each of its tests to its
// time limit. So a process that has taken much processor time is stopped, and its
// goroutines are looked at. That one is in a loop of the learner's proves nothing
// by itself: a machine may be slow. What does is
//   - the explorer, which has seen the loop go round with no goroutine that could end it,
//   - a second process that comes to the same loop,
//   - or one that ends in a small part of the time.
//
// Where none of them speaks against the fix it gets all the time there is.
const (
	spinTime  = 4 * time.Second  // processor time; tests of right fixes take a third of a second at most
	sureTime  = 10 * time.Second // the same, of a second process: more than they take on a machine 20 times slower
	knownTime = time.Second      // the same, once an endless loop is known: the process is most likely in it
	knownWall = 3 * time.Second  // and if it sleeps in it
	farLess   = 20               // a process that ends in so small a part of the time has not just been slow
)

// knownLoops are the endless loops of a fix that were seen for certain.
type knownLoops struct {
	spin time.Duration // in place of spinTime, if it is set

	mu     sync.Mutex
	places []evidence.Place
	hung   bool // a process has used up all the time that there is
}

// hang remembers that a process has used up all its time, although it did not lack a
// processor. After it, another that computes or sleeps for far too long is taken to do
// the same.
func (k *knownLoops) hang(o diagnose.Outcome) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.hung = k.hung || o.Verdict == evidence.Timeout
}

// certain tells whether a process that was stopped early would not have ended.
func (k *knownLoops) certain(o diagnose.Outcome, r run.Result) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.hung && o.Verdict == evidence.Timeout && r.Spent && (r.Asleep || r.CPU >= k.spins())
}

// spins is how much processor time a process may take before it is looked at, if
// nothing is known, and sure how much a second one may take.
func (k *knownLoops) spins() time.Duration { return cmp.Or(k.spin, spinTime) }
func (k *knownLoops) sure() time.Duration {
	return k.spins() * (sureTime / time.Second) / (spinTime / time.Second)
}

// add remembers loops, each by itself.
func (k *knownLoops) add(places ...evidence.Place) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.places = append(k.places, places...)
}

// addInnermost remembers, of the loops around a position, the innermost that is
// also among those of an earlier look, if there was one. Those around it may end.
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

// suspicious tells whether a process has run for so long that it is worth a look.
func (k *knownLoops) suspicious(cpu, wall time.Duration) bool {
	if len(k.known()) > 0 {
		return cpu >= min(knownTime, k.spins()) || wall >= knownWall
	}
	return cpu >= k.spins()
}

// idleTime is how long a process may do nothing before it is looked at. It is more
// than the second for which the race detector waits at its exit.
const (
	idleTime = 2500 * time.Millisecond
	idleCPU  = 10 * time.Millisecond // what systems count in
)

// idle watches how long a process has done nothing.
type idle struct {
	cpu, since time.Duration
	over       bool // it was for too long
}

// tooLong is told how much processor time the process has taken, and when.
func (i *idle) tooLong(cpu, wall time.Duration) bool {
	if cpu == 0 || cpu-i.cpu > idleCPU { // 0: not known
		i.cpu, i.since = cpu, wall
	}
	i.over = wall-i.since >= idleTime
	return i.over
}

// look is a process that was stopped to be looked at.
type look struct {
	outcome diagnose.Outcome
	result  run.Result
}

// looked tells what is certain of a test whose process was out of time.
func (t *trial) looked(ctx context.Context, kind build.Kind, binary string, s sample, first look) (o diagnose.Outcome, certain bool, err error) {
	o = first.outcome
	known := func() bool { return diagnose.SameLoop(o.Loops, t.bench.loops.known()) }
	switch {
	case known():
		return o, true, nil
	case len(o.Loops) == 0 && kind == build.Race: // such a build does not tell where it is
		return t.plainly(ctx, s, o)
	case len(o.Loops) == 0:
		return o, false, nil
	}
	again, r, err := t.process(ctx, kind, binary, s, testTime*patienceFactor, func(cpu, _ time.Duration) bool {
		return cpu >= t.bench.loops.sure() || known() // by now
	})
	if err != nil || r.Killed() || known() {
		return o, known(), err
	}
	seen := o.Loops
	if o, certain = first.with(look{again, r}); certain {
		t.bench.loops.addInnermost(o.Loops, seen)
	}
	return o, certain, nil
}

// plainly takes the second look of a race build with a plain one.
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

// with tells what a second process makes certain.
func (l look) with(again look) (o diagnose.Outcome, certain bool) {
	switch {
	case again.result.TimedOut:
		return again.outcome, diagnose.SameLoop(l.outcome.Loops, again.outcome.Loops)
	case again.outcome.Verdict == evidence.Pass && farLess*again.result.CPU < l.result.CPU:
		return l.outcome, true
	}
	return again.outcome, true
}

// loopsOf are the loops that an exploration has seen to be endless, as places.
func loopsOf(test explored.Test) (places []evidence.Place) {
	for _, l := range test.Loops {
		at := evidence.Place{File: l.File, Line: l.Line, Role: "this loop does not end"}
		if !slices.Contains(places, at) {
			places = append(places, at)
		}
	}
	return places
}

// endless says of a scenario that does not end what goes round, and how to see it:
// its schedule is none to replay.
func (t *trial) endless(f *evidence.Finding, test explored.Test) {
	if test.Verdict != explored.Running {
		return
	}
	f.Replay = diagnose.Replay(t.bench.source, diagnose.Ending{Test: t.test.Name}, evidence.Timeout)
	if f.Places = loopsOf(test); len(f.Places) > 0 {
		f.Meaning = "No other goroutine ends it: after tens of thousands of steps it is still looping."
	}
}
