package sched

import (
	"heisenkata/grader/internal/explore/rt/search"
	"heisenkata/grader/internal/explore/rt/wire"
)

// maxStuck is how many schedules may leave goroutines behind: a process cannot have many
// thousands of them.
const maxStuck = 1000

// maxRacy is how many nodes may follow a race: no two orders come to the same there, and
// reports of races take their time.
const maxRacy = 150

// charts draws the tree of every choice. If it has too many nodes, races end it.
func (w *worker) charts(test Test) wire.Outcome {
	o := wire.Outcome{Kind: wire.Pass, Exhausted: -1}
	if !RaceOn {
		o.Tree = &wire.Tree{Why: wire.Unknown} // only the race detector sees how goroutines meet in memory
		return o
	}
	d, raced := w.chart(newChart(search.Tree{}), test)
	if d.drawn.Why == wire.TooMany && raced {
		d, _ = w.chart(newChart(search.Tree{RacesEnd: true}), test)
	}
	if o.Tree = &d.drawn; d.drawn.Why != "" {
		o.Tree = &wire.Tree{Why: d.drawn.Why}
	}
	o.Schedules = len(o.Tree.Runs)
	return o
}

// chart draws a tree, and reports whether there is a race in it.
func (w *worker) chart(d *chart, test Test) (_ *chart, raced bool) {
	o := w.options(0)
	o.Detail, o.chart = true, d
	stuck := 0
	for i := 0; d.tree.Begin(i); i++ {
		if w.late() || len(d.tree.Nodes) > w.job.Schedules || stuck > maxStuck || d.tree.Racy > maxRacy && !d.tree.RacesEnd {
			d.drawn.Why = wire.TooMany
			return d, raced
		}
		w.begin(i)
		d.begin()
		r := Run(w.t, d.tree, o, test.Run)
		raced = raced || r.Races > 0
		if d.drawn.Why = d.gap(r, d.end(r)); d.drawn.Why != "" {
			return d, raced
		}
		if f := r.Finding; f != nil && len(f.Waiting) > 0 {
			stuck++
		}
	}
	return d, raced
}

// gap is why a tree with this schedule is not whole.
func (d *chart) gap(r Result, agrees bool) wire.Gap {
	switch f := r.Finding; {
	case f != nil && (f.Kind == Running || endless(f)):
		return wire.Endless
	case d.tree.Long:
		return wire.TooMany
	case f != nil && f.Kind == Unexplorable, r.Unseen, d.tree.Spins, d.tree.Lost, !agrees:
		return wire.Unknown
	}
	return ""
}
