package explore

import (
	"cmp"
	"slices"

	"heisenkata/grader/internal/explore/rt/wire"
	"heisenkata/grader/internal/explored"
)

// grower gives a tree positions, names and words.
type grower struct {
	*narrator
	name string
	tree *wire.Tree
	runs []grownRun
}

// grownRun is a run's trace, with the objects of the whole tree, and as steps.
type grownRun struct {
	trace []wire.Step
	steps []explored.Step
	at    []int // of each entry of the trace, its first step; and their number
}

func (g *Game) grow(tree *wire.Tree) (nodes []explored.TreeNode) {
	w := &grower{name: g.Name, tree: tree}
	known := w.identify()
	w.narrator = g.session.narrator(g.target, wire.Outcome{Trace: known})
	for i := range w.runs {
		r := &w.runs[i]
		for _, s := range r.trace {
			r.at = append(r.at, len(r.steps))
			r.steps = append(r.steps, w.steps(s)...)
		}
		r.at = append(r.at, len(r.steps))
	}
	for _, n := range tree.Nodes {
		nodes = append(nodes, w.node(n))
	}
	return nodes
}

// identify numbers the objects of all runs alike, and returns a trace of all of them.
func (w *grower) identify() (known []wire.Step) {
	same := newObjects()
	for run, r := range w.tree.Runs {
		var trace []wire.Step
		for _, s := range r.Trace {
			trace = append(trace, w.tree.Steps[s])
		}
		w.runs = append(w.runs, grownRun{trace: trace})
		same.learn(run, trace)
	}
	for _, n := range w.tree.Nodes {
		same.expect(n.Run, w.runs[n.Run].trace, n.At, n.Waiting)
	}
	same.settle()
	seen := map[sighting]bool{}
	for run, r := range w.runs {
		for i := range r.trace {
			s := &r.trace[i]
			s.Obj = same.number(run, s.Obj)
			if key := (sighting{s.Op, s.Site, s.Obj, place(s.Frames)}); s.Obj > 0 && !seen[key] {
				seen[key] = true
				known = append(known, *s)
			}
		}
		for f := w.tree.Runs[run].Finding; f != nil; f = f.Other {
			for i := range f.Waiting {
				f.Waiting[i].Obj = same.number(run, f.Waiting[i].Obj)
			}
		}
	}
	for _, n := range w.tree.Nodes {
		for i := range n.Waiting {
			n.Waiting[i].Obj = same.number(n.Run, n.Waiting[i].Obj)
		}
	}
	return known
}

// before is how many steps, as people see them, a run takes before the step with a number.
func (r grownRun) before(step int) int {
	if step < 0 {
		return len(r.steps)
	}
	for i, s := range r.trace {
		if s.Marked() {
			continue
		}
		if step == 0 {
			return r.at[i]
		}
		step--
	}
	return len(r.steps)
}

func (w *grower) node(n wire.TreeNode) explored.TreeNode {
	run := w.runs[n.Run]
	if len(n.Edges) == 0 {
		return explored.TreeNode{Turn: explored.Turn{Test: w.end(n.Run)}}
	}
	turn := explored.Turn{Goroutines: w.next(n.Waiting, n.Turn.Can), Options: options(&n.Turn)}
	turn.Test = explored.Test{Name: w.name, Trace: run.steps[:run.before(n.At)]}
	slices.SortFunc(turn.Options, byNumber)
	node := explored.TreeNode{Turn: turn}
	for _, e := range n.Edges {
		r := w.runs[e.Run]
		node.Edges = append(node.Edges, explored.Edge{To: e.To, Steps: r.steps[r.before(e.From):r.before(e.Till)]})
	}
	return node
}

// byNumber is the order of the options in a tree: which goroutine ran last does not matter.
func byNumber(a, b explored.Option) int {
	if (a.Goroutine < 0) != (b.Goroutine < 0) {
		return cmp.Compare(b.Goroutine, a.Goroutine) // time that passes comes last
	}
	return cmp.Or(a.Goroutine-b.Goroutine, a.Value-b.Value)
}

// end is how a run has ended.
func (w *grower) end(run int) explored.Test {
	r := w.tree.Runs[run]
	o := wire.Outcome{Kind: r.Kind, Finding: r.Finding, Schedule: r.Schedule, Trace: w.runs[run].trace, Schedules: 1, Exhausted: -1}
	return w.told(w.name, o)
}

// sighting is an operation on an object at one place.
type sighting struct {
	op     string
	site   uint32
	object int
	at     wire.Frame
}

func place(frames []wire.Frame) wire.Frame {
	if len(frames) == 0 {
		return wire.Frame{}
	}
	return frames[0]
}
