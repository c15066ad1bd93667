package sched

import (
	"fmt"
	"strconv"

	"heisenkata/grader/internal/explore/rt/search"
	"heisenkata/grader/internal/explore/rt/wire"
)

// chart draws a tree: what there is to choose at its nodes, and which steps lie between.
type chart struct {
	tree  *search.Tree
	drawn wire.Tree
	steps map[stepKey]int // their numbers in drawn.Steps

	from, option, at int   // the node of this run that was reached last, the option taken, and the steps before it
	fresh            []int // nodes that this run was the first to reach
	added            bool  // this run is part of what is drawn
}

func newChart(tree search.Tree) *chart {
	return &chart{tree: &tree, drawn: wire.Tree{RacesEnd: tree.RacesEnd}, steps: map[stepKey]int{}}
}

func (d *chart) begin() { d.from, d.fresh, d.added = -1, d.fresh[:0], false }

// reached notes what there is to choose where the strategy has just chosen.
//
//go:norace
func (d *chart) reached(c *Controller, turn wire.Turn) {
	node, option := d.tree.Here()
	if node < 0 || node == d.from || d.tree.Lost {
		return
	}
	if len(d.tree.Nodes[node].Options) == 0 {
		d.link(node, -1)
	} else if d.link(node, len(c.steplog)) {
		d.drawn.Nodes[node].Turn, d.drawn.Nodes[node].Waiting = turn, c.waiting()
	}
	d.from, d.option, d.at = node, option, len(c.steplog)
}

// link draws the edge to a node, and reports whether the node is new.
func (d *chart) link(node, at int) (fresh bool) {
	run := len(d.drawn.Runs)
	if fresh = node == len(d.drawn.Nodes); fresh {
		n := wire.TreeNode{Run: run, At: at}
		for range d.tree.Nodes[node].Options {
			n.Edges = append(n.Edges, wire.Edge{To: -1})
		}
		d.drawn.Nodes, d.fresh, d.added = append(d.drawn.Nodes, n), append(d.fresh, node), true
	}
	if d.from < 0 {
		return fresh
	}
	if e := &d.drawn.Nodes[d.from].Edges[d.option]; e.To < 0 {
		e.To, e.Run, e.From, e.Till = node, run, d.at, at
		d.added = true
	}
	return fresh
}

// stands sums up where each goroutine is.
//
//go:norace
func (c *Controller) stands() (sum uint64) {
	for _, g := range c.lives {
		x := g.name ^ uint64(g.state)<<60 ^ uint64(g.op)<<52 ^ uint64(g.site)
		x = (x ^ g.key) * 0xbf58476d1ce4e5b9
		sum += x ^ x>>31
	}
	return sum
}

// number gives the objects of the new nodes the numbers that they have in the run's trace.
func (d *chart) number(of func(uintptr) int) {
	for _, n := range d.fresh {
		waiting := d.drawn.Nodes[n].Waiting
		for i := range waiting {
			waiting[i].Obj = of(uintptr(waiting[i].Obj))
		}
	}
}

// end adds a run, and reports whether it agrees with what is drawn.
func (d *chart) end(r Result) (agrees bool) {
	d.tree.Ended(r.Races > 0)
	node, _ := d.tree.Here()
	if d.tree.Lost || node < 0 {
		return !d.tree.Lost
	}
	if node != d.from {
		d.link(node, -1)
	}
	run := wire.TreeRun{Kind: wire.Pass, Schedule: r.Schedule.String(), Finding: r.Finding}
	switch {
	case r.Finding != nil:
		run.Kind = r.Finding.Kind
	case r.Doubt != nil:
		run.Kind, run.Finding = wire.Timing, r.Doubt
	}
	agrees = true
	if n := d.drawn.Nodes[node]; len(n.Edges) == 0 && n.Run < len(d.drawn.Runs) {
		agrees = d.drawn.Runs[n.Run].Kind == run.Kind
	}
	if d.added {
		for _, s := range r.Trace {
			run.Trace = append(run.Trace, d.step(s))
		}
		d.drawn.Runs = append(d.drawn.Runs, run)
	}
	return agrees
}

// step is the number of a step among those that are drawn.
func (d *chart) step(s wire.Step) int {
	key := stepKey{g: s.G, op: s.Op, site: s.Site, obj: s.Obj, starts: s.Starts, slip: s.Slip, waited: s.Waited, turned: s.Switch, wakes: fmt.Sprint(s.Wakes, s.Over), values: fmt.Sprint(s.Value, s.Values, s.Returned)}
	for _, f := range s.Frames {
		key.frames += f.File + strconv.Itoa(f.Line) + " "
	}
	n, known := d.steps[key]
	if !known {
		n = len(d.drawn.Steps)
		d.steps[key], d.drawn.Steps = n, append(d.drawn.Steps, s)
	}
	return n
}

// stepKey is a step, to be compared.
type stepKey struct {
	g, starts      int32
	op             string
	site           uint32
	obj            int
	slip           int64
	waited, turned bool
	wakes, frames  string
	values         string // that it has read, written or returned
}
