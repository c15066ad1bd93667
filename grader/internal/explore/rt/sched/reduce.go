package sched

import (
	"heisenkata/grader/internal/explore/rt/search"
	"heisenkata/grader/internal/explore/rt/wire"
)

// reduce runs every schedule that differs from the others, if they are at most half of
// those that may run, and tells whether that has settled the test.
func (w *worker) reduce(o *wire.Outcome, test Test) (settled bool) {
	s := &search.Reduced{}
	run := func() Result {
		w.begin(o.Schedules)
		r := Run(w.t, s, w.options(0), test.Run)
		s.End(r.Steps)
		return r
	}
	next := func(n int) (Result, bool) {
		if !s.Begin(n) {
			return Result{}, false
		}
		return run(), true
	}
	for s.Begin(o.Schedules) {
		if w.late() || 2*o.Schedules >= w.job.Schedules || o.Unended > 0 {
			return false
		}
		r := run()
		o.Drawn = o.Drawn || r.Schedule.Random != 0
		if w.count(o, test, r, o.Schedules) {
			*o = w.settle(*o, test, r, next)
			return true
		}
	}
	if s.Lost || s.Spins || o.Doubts > 0 || o.Unended > 0 {
		return false // what was left out may matter
	}
	o.Different = s.Complete
	return true
}
