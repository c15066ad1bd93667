package sched

import (
	"time"

	"heisenkata/grader/internal/explore/rt/wire"
)

// Most tests end after some hundred steps, and some after a million. Which of those that
// have taken many never will is found out once: the first schedule of a test gets more.

const (
	patience = 10      // times the steps of other schedules that the first one may take
	roomy    = 3       // times its steps that others may take then
	maxTold  = 400_000 // steps of a schedule that can be told step by step
)

// first lets a test's first schedule take longer. In a grade, scenarios are short.
func (w *worker) first(o Options) Options {
	if w.begun > 1 || w.job.Strict {
		return o
	}
	o.Limits.Patient, o.Limits.Until = patience, w.cpu+time.Duration(w.job.Millis)*time.Millisecond
	return o
}

// goesOn reports whether a schedule that has taken its steps may take more.
//
//go:norace
func (c *Controller) goesOn() bool {
	if c.steps >= c.limits.Patient*c.limits.Steps || c.looking > c.limits.Steps/2 {
		return false
	}
	return c.steps&1023 != 0 || cpuTime() < c.limits.Until
}

// extend lets the schedules after one that ended take about as long.
func (w *worker) extend(r Result) {
	if r.Steps >= w.steps && !(r.Finding != nil && endless(r.Finding)) {
		w.steps = roomy * r.Steps
	}
}

// length runs a schedule to its end, which may take longer than that of most tests.
func (w *worker) length(test Test, s wire.Schedule) Result {
	if w.job.Strict {
		return Result{Schedule: s}
	}
	usual := w.steps
	w.steps *= patience
	r := w.replay(test, s, false)
	if r.Steps < usual || r.Finding != nil && endless(r.Finding) {
		w.steps = usual
	}
	r.Schedule = s
	return r
}

// alone runs a schedule as the first one of its process, and again. A race is told of the first
// run: of a variable of several words, the detector reports one only once.
func (w *worker) alone(test Test, s wire.Schedule) (alone, told Result) {
	usual := w.steps
	w.steps = min(patience*usual, maxTold)
	if !w.job.Strict {
		alone = w.replay(test, s, true)
	}
	w.steps = usual
	switch f := alone.Finding; {
	case w.job.Strict || f != nil && f.GivenUp != "":
		alone = w.length(test, s)
	case f != nil && f.Kind == Race:
		return alone, alone
	case alone.Steps >= usual:
		w.steps = patience * usual
	}
	alone.Schedule = s
	return alone, w.remembered(alone, func() Result { return w.told(test, alone) })
}

// told runs a schedule again in detail. One with too many steps is told without them.
func (w *worker) told(test Test, r Result) Result {
	if r.Steps > maxTold {
		return w.again(test, r.Schedule, w.seeing(int(r.Schedule.Number)))
	}
	return w.replay(test, r.Schedule, true)
}

// forgetful is how often a schedule with a race is run at most to see it again. The race
// detector remembers four accesses per word, and which ones is a matter of luck: of the same
// steps it may report the race once, and not the next time.
const forgetful = 10

// remembered runs a schedule again, once more if the detector has missed its race.
func (w *worker) remembered(shown Result, run func() Result) (again Result) {
	race := shown.Finding != nil && shown.Finding.Kind == Race
	for range forgetful {
		if again = run(); !race || again.Finding != nil {
			break
		}
	}
	return again
}
