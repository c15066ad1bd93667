package sched

import "heisenkata/grader/internal/explore/rt/wire"

// A race says which two accesses collide, not what a user of the code sees of it.
// So after the first schedule with a race the worker looks on, for one in which
// the race is there and the test fails as well.
const (
	storySchedules = 200
	storyEffort    = 400_000 // about a second: no clock may decide what is found
)

// settle shows the finding of an outcome, and looks for a race's story. next runs
// the n-th schedule after the one that found; false if there is none. Whatever
// becomes of this process meanwhile, the finding has been told.
func (w *worker) settle(o wire.Outcome, test Test, r Result, next func(n int) (Result, bool)) wire.Outcome {
	switch o.Kind {
	case Unexplorable:
		return o
	case Running:
		return w.lingering(o, test, r)
	}
	w.keep(o)
	o = w.show(o, test, r, o.Number)
	if o.Kind != Race || w.storied(r.Finding) {
		return o
	}
	w.keep(o)
	for n, effort := 1, 0; n <= storySchedules && effort < storyEffort; n++ {
		r, more := next(n)
		if !more {
			break
		}
		effort += r.effort()
		if f := r.Finding; f == nil || f.Kind != Race || !w.storied(f) {
			continue
		}
		told := o
		told.Schedules += n
		if told = w.show(told, test, r, o.Number+n); w.storied(told.Finding) && !told.Varies {
			return told
		}
		break
	}
	return o
}

// keep tells what came of the test so far. The last outcome counts.
func (w *worker) keep(o wire.Outcome) {
	w.tell(o)
	w.kept = true
}

// storied reports whether a race's schedule also leads to something that goes wrong.
func (w *worker) storied(race *Finding) bool {
	f := race.Other
	if f == nil || f.Doubt && !w.job.EarlyTimeouts {
		return false
	}
	return f.Kind == Wrong || f.Kind == Panic || f.Kind == Deadlock || f.Kind == Leak
}

// alike reports whether a schedule shows what another one has shown, which is nil
// for none.
func (w *worker) alike(f, shown *Finding) bool {
	if f == nil || shown == nil || f.Kind != shown.Kind || endless(f) {
		return false
	}
	return f.Kind != Race || !w.storied(shown) || w.storied(f) && f.Other.Kind == shown.Other.Kind
}
