package sched

import "heisenkata/grader/internal/explore/rt/wire"

// endless reports whether a schedule was given up because it did not end. It is
// nothing to run again.
func endless(f *Finding) bool {
	return f.Kind == Running || f.Kind == Race && f.Other != nil && f.Other.Kind == Running
}

// raced remembers the first race of a schedule that has not ended. Most schedules
// of such a test do not, and then that is what there is to say; if others do, the
// race is.
func (w *worker) raced(r Result, number int) {
	if w.race == nil {
		w.race = &wire.Outcome{Kind: Race, Number: number, Finding: r.Finding}
	}
}

// unended is a schedule that has not ended.
type unended struct {
	finding *Finding
	result  Result
	number  int
}

// lingered remembers the first schedule that has not ended.
func (w *worker) lingered(f *Finding, r Result, number int) {
	if w.unended == nil {
		w.unended = &unended{f, r, number}
	}
}

// held is the outcome of a test in which no finding has settled anything. A race of
// a schedule that has not ended counts now, and so does that it has not ended: a
// schedule that was given up has shown nothing. Neither has a test that fails in
// all schedules, even if each failure by itself is set aside.
func (w *worker) held(o wire.Outcome, test Test) wire.Outcome {
	switch {
	case o.Kind != wire.Pass:
	case w.race != nil:
		o.Kind, o.Number, o.Finding, o.Exhausted = w.race.Kind, w.race.Number, w.race.Finding, -1
	case w.unended != nil:
		o.Kind, o.Number, o.Finding, o.Exhausted = Running, w.unended.number, w.unended.finding, -1
		return w.lingering(o, test, w.unended.result)
	case w.leak != nil:
		o.Kind, o.Number, o.Finding, o.Exhausted = Leak, w.leak.number, w.leak.result.Finding, -1
		o.Schedule = w.leak.result.Schedule.String()
		return w.show(o, test, w.leak.result, o.Number)
	case o.Doubts > 0 && o.Doubts == o.Schedules:
		o.Kind, o.Finding, o.Exhausted = Timing, w.doubt, -1
	}
	return o
}

// lingering runs a schedule that did not end once more, to see which goroutines
// loop, and where.
func (w *worker) lingering(o wire.Outcome, test Test, r Result) wire.Outcome {
	again := w.again(test, r.Schedule, w.seeing(o.Number))
	f := again.Finding
	if f != nil && f.Kind == Race {
		f = f.Other
	}
	if f == nil || f.Kind != Running {
		return o
	}
	f.Loops = again.Loops
	o.Finding = f
	return o
}
