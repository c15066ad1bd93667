package explore

import "heisenkata/grader/internal/explore/rt/wire"

// objects finds out which objects of several runs of a test are the same. Each run has
// numbers of its own. What a goroutine's step is on is the same object in every run, unless
// it depends on the order which object that is: then no object is known.
type objects struct {
	first  map[event]int // the object of an event, as far as it is known
	of     map[inRun]int
	parent []int
	vague  bool
}

// event is a goroutine's step, by its number.
type event struct {
	g    int32
	step int
	op   string
	site uint32
}

// inRun is an object by its number in a run.
type inRun struct{ run, object int }

func newObjects() *objects {
	return &objects{first: map[event]int{}, of: map[inRun]int{}, parent: []int{0}}
}

// learn takes in a run.
func (o *objects) learn(run int, trace []wire.Step) {
	taken := map[int32]int{}
	for _, s := range trace {
		if s.Marked() {
			continue
		}
		o.add(run, s.Obj, event{s.G, taken[s.G], s.Op, s.Site})
		taken[s.G]++
	}
}

// expect takes in what goroutines are about to do after so many steps of a run.
func (o *objects) expect(run int, trace []wire.Step, steps int, waiting []wire.Waiting) {
	taken := map[int32]int{}
	for _, s := range trace {
		if steps == 0 {
			break
		}
		if !s.Marked() {
			taken[s.G]++
			steps--
		}
	}
	for _, w := range waiting {
		o.add(run, w.Obj, event{w.G, taken[w.G], w.Op, w.Site})
	}
}

func (o *objects) add(run, object int, e event) {
	if object == 0 {
		return
	}
	at := inRun{run, object}
	id, known := o.of[at]
	if !known {
		id = len(o.parent)
		o.of[at], o.parent = id, append(o.parent, id)
	}
	if other, seen := o.first[e]; seen {
		o.parent[o.root(id)] = o.root(other)
	} else {
		o.first[e] = id
	}
}

func (o *objects) root(id int) int {
	for o.parent[id] != id {
		id = o.parent[id]
	}
	return id
}

// settle finds out whether two objects of one run were taken for the same.
func (o *objects) settle() {
	seen := map[inRun]bool{}
	for at, id := range o.of {
		key := inRun{at.run, o.root(id)}
		o.vague = o.vague || seen[key]
		seen[key] = true
	}
}

// number is the number of a run's object among those of all runs; 0 if it is not known.
func (o *objects) number(run, object int) int {
	if object == 0 || o.vague {
		return 0
	}
	id, known := o.of[inRun{run, object}]
	if !known {
		return 0
	}
	return o.root(id)
}
