package sched

import (
	"heisenkata/grader/internal/explore/rt/search"
	"heisenkata/grader/internal/explore/rt/wire"
)

// reduce runs every schedule that differs from the others, unless that takes more than
// the job says, and reports whether it has settled the test.
func (w *worker) reduce(o *wire.Outcome, test Test) (settled bool) {
	if !RaceOn {
		return false // only the race detector sees how goroutines meet in memory
	}
	s := &search.Reduced{}
	run := func() Result {
		w.begin(o.Schedules)
		r := Run(w.t, s, w.first(w.options(0)), test.Run)
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
		if w.late() || o.Schedules >= w.job.Reduce || o.Unended > 0 {
			return false
		}
		r := run()
		if w.count(o, test, r, o.Schedules) {
			*o = w.settle(*o, test, r, next)
			return true
		}
		if r.Unseen || s.Lost || s.Spins {
			return false // what is left out may matter
		}
	}
	if o.Doubts > 0 || o.Unended > 0 {
		return false
	}
	if *o = w.held(*o, test); o.Kind != wire.Pass {
		return true
	}
	o.Different = s.Complete
	o.Sum = wire.Proof(o.Sum, w.job.Secret, o.Different)
	return true
}
