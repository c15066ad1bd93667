package forced

import (
	"slices"
	"time"

	"heisenkata/grader/internal/explored"
)

// plan is an order of turns that forces a schedule, as far as waiting in front of
// statements can force it.
type plan struct {
	turns    []turn
	starts   []*statement // after which the goroutine that was started has to come first
	locks    bool         // a goroutine waits for a lock
	problems []Problem    // what is not forced
	doubts   []Problem    // what may come out otherwise in each run
}

// turn lets one goroutine go on from where it waits, until it waits or ends.
type turn struct {
	at      spot
	arrival int           // which time a goroutine comes there, from 0 on
	pause   time.Duration // to let pass first
	step    int
}

// finder finds the statement of a step; nil if there is none that a call can be put
// in front of, and then why. If only the line is known, inside asks for a function on it.
type finder func(s explored.Step, inside bool) (*statement, ProblemKind)

// event is a step of the schedule that a goroutine makes.
type event struct {
	explored.Step
	at    *statement
	why   ProblemKind // if that is nil
	fresh bool        // it begins to execute the statement
	came  int         // after which step the goroutine has come to it
	final bool        // it is not made in the schedule, which ends there
	pause time.Duration
}

// planned derives turns from what happened in a schedule.
func planned(t explored.Test, find finder) plan {
	events := eventsOf(t, find)
	p := plan{}
	for _, s := range t.Trace {
		p.locks = p.locks || locks[s.Operation] && s.Waited
	}
	for _, w := range t.Waiting {
		p.locks = p.locks || locks[w.Operation]
	}
	for _, s := range segments(events) {
		p.gate(events, s)
	}
	p.count(events)
	p.starts = starts(t, p, events, find)
	p.doubts = doubtsOf(t, events)
	return p
}

// eventsOf are the steps of the trace at which a goroutine goes on, and those that it
// is about to make at the end.
func eventsOf(t explored.Test, find finder) (events []event) {
	started := map[int]explored.Step{} // where each goroutine was started
	came := map[int]int{}
	runs := map[int]*running{}
	pause := time.Duration(0)
	for _, s := range append(slices.Clone(t.Trace), heldBack(t)...) {
		if s.Starts > 0 {
			started[s.Starts], came[s.Starts] = s, len(events)-1
		}
		if s.Slip != "" {
			d, _ := time.ParseDuration(s.Slip) // a trace has no other
			pause += d
		}
		if s.Plain || s.Goroutine < 0 {
			continue
		}
		e := event{Step: s, pause: pause, came: came[s.Goroutine], final: s.Operation == finally}
		pause = 0
		if s.File != "" && s.Operation != "start" {
			from := started[s.Goroutine]
			e.at, e.why = find(s, from.File == s.File && from.Line == s.Line && s.Goroutine > 0)
		}
		if runs[s.Goroutine] == nil {
			runs[s.Goroutine] = &running{}
		}
		e.fresh = runs[s.Goroutine].begins(e)
		if s.Waited && e.at != nil && !e.fresh { // as of a lock that it waited for
			e.Operation = "resume"
		}
		if e.Operation != "resume" {
			came[s.Goroutine] = len(events)
		}
		for _, woken := range s.Wakes {
			came[woken] = len(events)
		}
		events = append(events, e)
	}
	return events
}

// finally is the operation of a goroutine that never goes on, and must not come to what
// it waits for too early.
const finally = "finally"

// heldBack are the goroutines that the schedule has kept from what they wait for in the
// end. At least one of them could have had it, had it come in time.
func heldBack(t explored.Test) (steps []explored.Step) {
	last := map[int]bool{} // goroutines that were interrupted
	before := -1
	for _, s := range t.Trace {
		if s.Plain || s.Goroutine < 0 {
			continue
		}
		if s.Goroutine != before && before >= 0 {
			last[before] = s.Switch
		}
		before = s.Goroutine
		last[before] = false
	}
	for _, w := range t.Waiting {
		if last[w.Goroutine] {
			steps = append(steps, explored.Step{Goroutine: w.Goroutine, Operation: finally, File: w.File, Line: w.Line, Column: w.Column, Source: w.Source, Object: w.Object})
		}
	}
	return steps
}

// running is where a goroutine is in each function.
type running map[any]*execution

// execution is a statement on its way.
type execution struct {
	at   *statement
	done map[string]bool // operations
}

// begins reports whether an event is the first of its statement's execution.
func (r running) begins(e event) bool {
	if e.at == nil {
		return false
	}
	did := e.Operation + " " + e.Object
	x := r[e.at.function]
	same := x != nil && (x.at == e.at && (!x.done[did] || e.Waited) || e.at.loops() && e.at.holds(x.at))
	if !same {
		x = &execution{done: map[string]bool{}}
		r[e.at.function] = x
	}
	x.at = e.at
	x.done[did] = true
	return !same
}

// segment is a part of a schedule in which one goroutine runs.
type segment struct{ from, to int } // events

func segments(events []event) (list []segment) {
	for i, e := range events {
		if i > 0 && events[i-1].Goroutine == e.Goroutine && e.pause == 0 && !e.final {
			list[len(list)-1].to = i + 1
			continue
		}
		list = append(list, segment{i, i + 1})
	}
	return list
}

// unnoticed are the operations after which nothing has happened yet that another
// goroutine could notice.
var unnoticed = map[string]bool{"start": true, "resume": true, "go": true, "loop": true, "idle": true, "subtest": true}

// locks are the operations that wait for a lock. A bubble does not notice that.
var locks = map[string]bool{"lock": true, "rlock": true}

// gate makes the goroutine of a segment wait for its turn. What it does before it gets to
// where it can wait, it does as soon as it can.
func (p *plan) gate(events []event, s segment) {
	if s.from == 0 || natural(events, s) {
		return
	}
	for i := s.from; i < s.to; i++ {
		e := &events[i]
		e.came = events[s.from].came
		switch {
		case unnoticed[e.Operation]:
		case e.at != nil && (begun(events, i, s) || e.assigns()):
			p.turns = append(p.turns, turn{at: spot{e.at, sideOf(events, i, s)}, pause: events[s.from].pause, step: i})
			return
		case e.at != nil:
			p.problem(Problem{Middle, e.File, e.Line})
		case e.File != "":
			p.problem(Problem{e.why, e.File, e.Line})
		}
	}
	next := slices.IndexFunc(events[s.to:], func(e event) bool { return e.Goroutine == events[s.from].Goroutine })
	if next >= 0 { // it comes there early, too
		events[s.to+next].came = events[s.from].came
	}
}

// sideOf is where the goroutine of an event that can wait does.
func sideOf(events []event, i int, s segment) side {
	if begun(events, i, s) {
		return before
	}
	return middle
}

// assigns reports whether an event is an assignment whose right side is already computed.
func (e event) assigns() bool {
	if e.at == nil || e.fresh || e.Operation != "write" {
		return false
	}
	_, _, ok := e.at.halves()
	return ok
}

// begun reports whether nothing of an event's statement was executed before the segment,
// nor anything in it that others could notice.
func begun(events []event, i int, s segment) bool {
	for j := i; j >= s.from; j-- {
		switch {
		case events[j].at != events[i].at:
			return false
		case events[j].fresh:
			return true
		}
	}
	return false
}

func (p *plan) problem(new Problem) {
	if !slices.Contains(p.problems, new) {
		p.problems = append(p.problems, new)
	}
}

// natural reports whether a goroutine goes on just then because nothing else can: the one
// before has let it, and has done nothing since but wait or end.
func natural(events []event, s segment) bool {
	first := events[s.from]
	if first.Switch || first.pause > 0 || first.final {
		return false
	}
	for i := s.from - 1; i >= 0 && events[i].Goroutine == events[s.from-1].Goroutine; i-- {
		if slices.Contains(events[i].Wakes, first.Goroutine) {
			return true
		}
		if !unnoticed[events[i].Operation] {
			return false
		}
	}
	return false
}

// count finds out which arrival each turn belongs to.
func (p *plan) count(events []event) {
	for i := range p.turns {
		t := &p.turns[i]
		own := arrival(events, t.at, t.step)
		for j, e := range events {
			if e.at != t.at.statement || t.at.side == before && !e.fresh || t.at.side == middle && !e.assigns() {
				continue
			}
			other := arrival(events, t.at, j)
			if other.came < own.came || other.came == own.came && other.first < own.first {
				t.arrival++
			}
		}
	}
}

// coming is how a goroutine comes to where it waits.
type coming struct {
	first int // the event for which it comes
	came  int // the event after which it does
}

// arrival is how the goroutine of an event comes to a spot.
func arrival(events []event, at spot, i int) coming {
	for j := i; at.side == before && j >= 0; j-- {
		if events[j].Goroutine == events[i].Goroutine && events[j].at == at.statement && events[j].fresh {
			return coming{j, events[j].came}
		}
	}
	return coming{i, events[i].came}
}

// starts are the statements that start goroutines of which several then come to the same
// place. Their order there would be by chance.
func starts(t explored.Test, p plan, events []event, find finder) (list []*statement) {
	comes := map[spot][]int{} // goroutines whose first step is at a place
	seen := map[int]bool{}
	for _, e := range events {
		if e.at != nil && !seen[e.Goroutine] {
			seen[e.Goroutine] = true
			comes[spot{statement: e.at}] = append(comes[spot{statement: e.at}], e.Goroutine)
		}
	}
	for _, s := range t.Trace {
		for _, at := range p.places() {
			if s.Starts == 0 || len(comes[at]) < 2 || !slices.Contains(comes[at], s.Starts) {
				continue
			}
			if stmt, _ := find(s, false); stmt != nil && !slices.Contains(list, stmt) {
				list = append(list, stmt)
			}
		}
	}
	return list
}
