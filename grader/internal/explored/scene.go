package explored

import (
	"slices"
	"strings"

	"heisenkata/grader/internal/harmless"
)

// Scene is a finding's interleaving for packages that draw it themselves: what Picture
// shows, for more steps, and what is known at each moment. All of its text is safe to
// print, on one line each; it is not escaped for any markup.
type Scene struct {
	Lanes    []Lane
	Moments  []Moment // in the order in which they ran; the last one is the end
	Waits    []Wait   // at the end: which goroutines wait for what
	Accesses []string // of a race: both sides, if the moments do not show them
	Table    []string // what the test shows below its message, line by line
}

// Lane is a goroutine.
type Lane struct {
	Name    string // as sentences have it: "the test", "g1"
	Started Spot   // its go statement; of the test, nothing
}

// Spot is a position in the code, as it is shown.
type Spot struct {
	File   string // the path, as the finding has it
	Line   int
	Label  string // "bank.go:12", or empty
	Source string
}

// MomentKind says what a moment is about.
type MomentKind int

// The kinds: a goroutine runs; time passes; steps are left out; it is over.
const (
	Runs MomentKind = iota
	TimePasses
	LeftOut
	End
)

// Moment is one source line in one goroutine, or something that concerns all of them.
type Moment struct {
	Kind    MomentKind
	Lane    int // whose moment it is, by index; -1 for none
	From    int // the lane that ran before, if it is another; -1 for none
	At      Spot
	Notes   []string // what happens: "waits for a.mu, held by g1"
	Mark    string   // of a race: what this line does with the memory
	Switch  string   // what is said of the switch to it, if that is the one that decisive
	Waiting bool     // the goroutine waits here
	Wakes   []int    // lanes whose wait it ends
	Starts  []int    // lanes that it starts
	Changes []Change // of what is known
	States  []Doing  // of each lane after it; -1 for one that has not been started
}

// Change is a fact that holds from a moment on, until another with the same key.
type Change struct {
	Key  int    // counted from 0
	Of   string // a goroutine or an object
	Text string
}

// Wait is a goroutine that can never continue, at the end.
type Wait struct {
	Lane   int
	At     Spot
	For    string   // "waits for b.mu, held by g2"
	Object string   // what it waits for, if that has a name
	Holder int      // the lane that holds it, or -1
	Select bool     // it waits in a select
	Never  string   // why it does not go on, if nothing is held: "no goroutine will send or close it"
	Locks  []string // that it holds, with the places where it took them
}

// LaneOf is the lane of a wait.
func (s Scene) LaneOf(w Wait) Lane {
	if w.Lane < 0 {
		return Lane{}
	}
	return s.Lanes[w.Lane]
}

// maxScene is about how many rows a scene has. Later ones tell little.
const maxScene = 80

// SceneOf makes the scene of a finding; false if there is nothing to draw.
func SceneOf(t Test) (Scene, bool) {
	t = staged(bounded(t))
	p, ok := drawnFrom(t, maxScene)
	if !ok {
		return Scene{}, false
	}
	states := States(t)
	s := Scene{Lanes: p.sceneLanes(t), Waits: p.sceneWaits(t, states), Table: tableOf(t)}
	if !p.races {
		for _, l := range accessLines(t.Races, maxProse) {
			s.Accesses = append(s.Accesses, l.String())
		}
	}
	facts := factsOf(t, p, states)
	for i, r := range p.rows {
		m := p.moment(t, i, r)
		if at := r.lastStep(); at >= 0 {
			m.Changes, m.States = facts.at(at), p.doing(states[at])
		}
		s.Moments = append(s.Moments, m)
	}
	s.Moments = append(s.Moments, p.endOf(t, states, facts))
	return s, true
}

// lastStep is the last step of a row; -1 of one that stands for steps that are left out.
func (r row) lastStep() int {
	switch {
	case r.kind == gap:
		return -1
	case len(r.steps) == 0:
		return r.first
	}
	return r.steps[len(r.steps)-1]
}

// moment is what a row shows.
func (p picture) moment(t Test, i int, r row) Moment {
	m := Moment{Kind: [...]MomentKind{ran: Runs, slip: TimePasses, gap: LeftOut}[r.kind], Lane: p.lane(r.goroutine), From: -1,
		At: spot(r.file, r.line, r.source), Notes: r.allNotes(), Mark: r.mark, Switch: r.decisive, Waiting: r.waits}
	if i > 0 && r.kind == ran && p.rows[i-1].kind == ran && p.rows[i-1].goroutine != r.goroutine {
		m.From = p.lane(p.rows[i-1].goroutine)
	}
	steps := r.steps
	if r.kind == slip {
		steps = []int{r.first}
	}
	if r.waits && len(r.steps) == 1 && !t.Trace[r.first].shownIn(r) {
		steps = nil // the row before has what this step does
	}
	for _, at := range steps {
		m.Wakes = append(m.Wakes, p.lanesFor(t.Trace[at].Wakes...)...)
		if t.Trace[at].Starts > 0 {
			m.Starts = append(m.Starts, p.lanesFor(t.Trace[at].Starts)...)
		}
	}
	return m
}

// allNotes are a row's notes, with what is told beside its line.
func (r row) allNotes() []string {
	if text := strings.TrimPrefix(r.beside(), "· "); text != "" {
		return append([]string{text}, r.notes...)
	}
	return r.notes
}

// shownIn reports whether a row is of a step's own line.
func (s Step) shownIn(r row) bool { return s.File == r.file && s.Line == r.line }

// endOf is the last moment: what went wrong.
func (p picture) endOf(t Test, states []State, facts *facts) Moment {
	m := Moment{Kind: End, Lane: -1, From: -1, Notes: []string{p.end.title}}
	if n := len(states); n > 0 {
		m.Changes, m.States = facts.at(n-1), p.doing(states[n-1])
	}
	return m
}

// lane is the index of a goroutine's lane, or -1.
func (p picture) lane(goroutine int) int {
	return slices.IndexFunc(p.lanes, func(l lane) bool { return l.goroutine == goroutine })
}

func (p picture) lanesFor(goroutines ...int) (lanes []int) {
	for _, g := range goroutines {
		if i := p.lane(g); i >= 0 {
			lanes = append(lanes, i)
		}
	}
	return lanes
}

// doing is what each lane does in a state.
func (p picture) doing(s State) []Doing {
	list := make([]Doing, len(p.lanes))
	for i, l := range p.lanes {
		list[i] = -1
		if g, ok := s.Of(l.goroutine); ok {
			list[i] = g.Doing
		}
	}
	return list
}

func (p picture) sceneLanes(t Test) (lanes []Lane) {
	for _, l := range p.lanes {
		lanes = append(lanes, Lane{Name: who(l.goroutine), Started: startOf(l.goroutine, t.Trace)})
	}
	return lanes
}

// startOf is the go statement of a goroutine.
func startOf(goroutine int, trace []Step) Spot {
	for _, s := range trace {
		if goroutine > 0 && s.File != "" && (s.Starts == goroutine || s.Goroutine == goroutine && s.Operation == "start") {
			return spot(s.File, s.Line, s.Source)
		}
	}
	return Spot{}
}

func spot(file string, line int, source string) Spot {
	s := Spot{File: safe(file), Line: line, Source: safe(trimmed(source))}
	if file != "" && line > 0 {
		s.Label = place(file, line)
	}
	return s
}

// sceneWaits are the waits that never end, with the locks that each of them holds.
func (p picture) sceneWaits(t Test, states []State) (waits []Wait) {
	for _, w := range p.end.waiting {
		text, never := waitsTo(w.Operation, sentence(w.Object))
		wait := Wait{Lane: p.lane(w.Goroutine), At: spot(w.File, w.Line, w.Source), For: text, Object: sentence(w.Object), Holder: p.lane(w.HeldBy), Select: w.Operation == "select", Never: never}
		if by := heldUp(w, p.end.waiting); by != "" {
			wait.For, wait.Never = text+by, ""
		}
		if n := len(states); n > 0 {
			wait.Locks = locksOf(states[n-1], w.Goroutine, t.Trace)
		}
		waits = append(waits, wait)
	}
	return waits
}

// locksOf are the locks that a goroutine holds, with the places where it took them.
func locksOf(s State, goroutine int, trace []Step) (texts []string) {
	for _, l := range s.Locks {
		for _, h := range l.Holds {
			if h.Goroutine == goroutine {
				texts = append(texts, sentence(l.Object)+" (since "+place(trace[h.Step].File, trace[h.Step].Line)+")")
			}
		}
	}
	return texts
}

func tableOf(t Test) (texts []string) {
	for _, l := range tableLines(t, 2*maxProse) {
		texts = append(texts, harmless.Line(l.String()))
	}
	return texts
}
