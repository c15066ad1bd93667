package sched

import (
	"heisenkata/grader/internal/explore/rt/search"
	"heisenkata/grader/internal/explore/rt/wire"
)

// stops reports whether the schedule stops before the choice that is due.
//
//go:norace
func (c *Controller) stops() bool {
	return !c.quiet && c.limits.Turn == len(c.choices)+1
}

// stop ends the schedule before a choice.
//
//go:norace
func (c *Controller) stop(turn wire.Turn) {
	if c.finding == nil {
		c.finding = &Finding{Kind: Paused, Waiting: c.waiting(), Turn: &turn}
	}
}

// turn lists the options of a choice between goroutines, in the order in which a strategy
// numbers them: the current goroutine first.
//
//go:norace
func (c *Controller) turn(slip bool) (turn wire.Turn) {
	for _, g := range c.enabled {
		turn.Can = append(turn.Can, g.ID)
	}
	if slip {
		turn.Slip = c.timers.next() - instant()
	}
	return turn
}

// plays runs the job's schedule up to the choice that it names.
func (w *worker) plays(test Test) wire.Outcome {
	s, err := wire.ParseSchedule(w.job.Schedule)
	if err != nil {
		return wire.Outcome{Kind: Unexplorable, Finding: &Finding{Kind: Unexplorable, Text: err.Error()}}
	}
	o := w.options(0)
	o.Detail, o.Random, o.Limits.Turn = true, s.Random, w.job.Turn
	r := Run(w.t, search.NewReplay(s.Choices), o, test.Run)
	outcome := wire.Outcome{Kind: wire.Pass, Exhausted: -1, Schedules: 1, Schedule: r.Schedule.String(), Trace: r.Trace}
	switch f := r.Finding; {
	case f != nil:
		outcome.Kind, outcome.Finding = f.Kind, f
		if f.Other != nil && f.Other.Kind == Paused { // the race comes first
			f.Other = nil
			o.Limits.Turn = 0 // a replay does not stop here, and goes by the sum of all steps
			outcome.Schedule = Run(w.t, search.NewReplay(s.Choices), o, test.Run).Schedule.String()
		}
	case r.Doubt != nil:
		outcome.Kind, outcome.Finding = wire.Timing, r.Doubt
	}
	return outcome
}

// seek looks for a finding among the schedules that begin as the job says: those with no
// delay after that, then with one, up to the job's bound.
func (w *worker) seek(test Test) wire.Outcome {
	o := wire.Outcome{Kind: wire.Pass, Exhausted: -1}
	begin, err := wire.ParseSchedule(w.job.Schedule)
	if err != nil {
		return wire.Outcome{Kind: Unexplorable, Finding: &Finding{Kind: Unexplorable, Text: err.Error()}}
	}
	prefix := make([]int32, max(0, w.job.Turn-1))
	copy(prefix, begin.Choices)
	for bound := 0; bound <= w.job.Bound; bound++ {
		s := search.After(prefix, &search.Delays{Bound: bound})
		for s.Begin(o.Schedules) {
			if o.Cut = w.late() || o.Schedules >= w.job.Schedules; o.Cut {
				return o
			}
			w.begin(o.Schedules)
			r := Run(w.t, s, w.options(0), test.Run)
			s.End(r.Steps)
			if w.count(&o, test, r, o.Schedules) {
				o.Exhausted = bound - 1 // with fewer delays there is nothing
				return w.seen(o, test, r)
			}
		}
		o.Exhausted = bound
	}
	return o
}

// seen adds the steps of a schedule with a finding.
func (w *worker) seen(o wire.Outcome, test Test, r Result) wire.Outcome {
	again := w.replay(test, r.Schedule, true)
	o.Varies = !w.alike(again.Finding, r.Finding)
	if !o.Varies {
		o.Finding, o.Trace = again.Finding, again.Trace
	}
	return o
}
