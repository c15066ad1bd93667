package sched

import (
	"slices"

	"heisenkata/grader/internal/explore/rt/wire"
)

// leak is a schedule that left goroutines behind.
type leak struct {
	result Result
	number int
}

// leaves reports whether a schedule's leak does not settle the test. Most tests that
// leave goroutines behind do so in their first schedule, and one that went no
// further would hide what else is wrong.
func (w *worker) leaves(r Result, number int) bool {
	switch w.job.Leaks {
	case wire.LeaksFirst:
		return false
	case wire.LeaksOff:
		return true
	}
	if w.leak == nil {
		w.leak = &leak{r, number}
	}
	return true
}

// left is the first leak, shown next to another finding; nil if there is none.
func (w *worker) left(test Test) *wire.Outcome {
	if w.leak == nil {
		return nil
	}
	l := w.leak.result
	again := w.again(test, l.Schedule, w.seeing(w.leak.number))
	if !w.alike(again.Finding, l.Finding) {
		return nil
	}
	o := &wire.Outcome{Kind: Leak, Number: w.leak.number, Finding: again.Finding, Schedule: l.Schedule.String()}
	if len(o.Schedule) > longest && w.job.Mode == wire.Sample {
		o.Schedule = w.numbered(l.Schedule, o.Number).String()
	}
	return o
}

// seeing are the options of a schedule whose goroutines tell where they are.
func (w *worker) seeing(number int) Options {
	o := w.options(number)
	o.Recent = true
	return o
}

// overlook reports whether a goroutine that is left is none to report, by the functions
// it is in, the innermost first.
type overlook = func(functions []string) bool

// overlooked are what all schedules overlook, and whether any does: then they have to
// know where goroutines are.
var overlooked struct {
	always []overlook
	ever   bool
}

// Overlook lets the schedule that is running leave such goroutines behind; outside of
// one, all of them. Where the first leak settles a test there is nothing to overlook:
// a grade does not ask the code that it is about.
//
//go:norace
func Overlook(f overlook) {
	if assignment.job.Leaks == wire.LeaksFirst {
		return
	}
	overlooked.ever = true
	if c := at(); c != nil {
		c.overlooked = append(c.overlooked, f)
		return
	}
	overlooked.always = append(overlooked.always, f)
}

// Started is how many goroutines the schedule has started so far.
//
//go:norace
func Started() int {
	if c := at(); c != nil {
		return c.n
	}
	return 0
}

// OverlookEarlier lets the schedule that is running leave those behind of which it
// had started so many.
//
//go:norace
func OverlookEarlier(started int) {
	if c := at(); c != nil && assignment.job.Leaks != wire.LeaksFirst {
		c.earlier = max(c.earlier, int32(started))
	}
}

// leak reports the goroutines that are left, if there are any. Of those that still
// work, what they wait for at the moment is not why they are left.
//
//go:norace
func (c *Controller) leak(text string, works func(*G) bool) {
	if left := c.left(); len(left) > 0 {
		for i := range left {
			if works(c.all[left[i].G]) {
				left[i].Op, left[i].Obj, left[i].Holder = OpResume.String(), 0, -1
			}
		}
		c.report(Finding{Kind: Leak, Text: text, Waiting: left})
	}
}

// left lists the goroutines that have not ended and should have.
//
//go:norace
func (c *Controller) left() []wire.Waiting {
	all := c.waiting()
	if c.limits.AllLeaks {
		return all
	}
	kept := slices.DeleteFunc(slices.Clone(all), func(w wire.Waiting) bool { return w.G < c.earlier })
	if fs := slices.Concat(overlooked.always, c.overlooked); len(fs) > 0 && !c.stacks {
		c.blind = true
	} else {
		kept = slices.DeleteFunc(kept, func(w wire.Waiting) bool {
			return slices.ContainsFunc(fs, func(f overlook) bool { return f(functionsOf(w)) })
		})
	}
	c.spares = len(kept) < len(all)
	return kept
}

func functionsOf(w wire.Waiting) (names []string) {
	for _, f := range w.Frames {
		names = append(names, wire.AuthorsName(f.Func))
	}
	return names
}

// spared reports whether a goroutine may outlive the test, since a package's
// initialisation has started it.
//
//go:norace
func (c *Controller) spared(g *G) bool { return g.daemon && !c.limits.AllLeaks }
