// Package history records calls that overlap, and says whether any order of them
// explains what they returned.
//
// The grader explores schedules of the code under test, and this package is no
// part of that code: the directive below keeps it out of the explorer's hands.
// Its clock orders nothing for the race detector, so it hides no data race.
//
//explore:native
package history

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"

	"github.com/anishathalye/porcupine"
)

// A Program is calls on one thing: some before any goroutine starts, some in each
// goroutine, and some after all have ended.
type Program struct {
	Initial any // state of the model
	Before  []*Call
	Parties [][]*Call
	Last    []*Call
	Held    *Call // stays at its first moment until the other goroutines are done
}

// Calls are all calls, in that order.
func (p *Program) Calls() []*Call {
	return slices.Concat(p.Before, slices.Concat(p.Parties...), p.Last)
}

// Holds tells whether a goroutine of the program makes the held call.
func (p *Program) Holds(party int) bool { return slices.Contains(p.Parties[party], p.Held) }

// A Call is one call, and what has come of it. One that calls back has several
// moments.
type Call struct {
	Name  string // as a caller would write it
	Steps []Step // what each moment may come to

	Silent  bool                  // nothing is seen of the steps but what the last comes to
	MayWait func(before any) bool // although it may also go on; nil: never

	column int // of the table: 0 before the goroutines start and after they end
	begin  int64
	events []event
	out    any // as it was handed out
}

// A Step returns what a moment may come to in a state of the model; nothing, if it
// has to wait there.
type Step func(before any) []Outcome

// An Outcome is what a moment comes to, and the state that it leaves. Ends is set
// where it is the last moment, although there are steps left.
type Outcome struct {
	Out, After any
	Ends       bool
}

// event is one moment of a call, or a silent step: it happened at some point
// between begin and end.
type event struct {
	*Call
	moment     int
	silent     bool
	more       bool // another moment follows
	begin, end int64
	out        any
}

// Begin records that the call, or its next moment, begins.
func (c *Call) Begin() { c.begin = Tick() }

// Next records what a moment has come to. Another one follows.
func (c *Call) Next(out any) { c.took(out, true) }

// End records what the call returns.
func (c *Call) End(out any) {
	c.took(out, false)
	c.out = out
}

func (c *Call) took(out any, more bool) {
	c.events = append(c.events, event{Call: c, moment: len(c.events), more: more, begin: c.begin, end: Tick(), out: clone(out)})
}

// taken are the call's moments; those of a silent call are all its steps, each of
// which may have happened at any time during the call.
func (c *Call) taken() []event {
	if !c.Silent || len(c.events) != 1 {
		return c.events
	}
	steps := make([]event, len(c.Steps))
	for i := range steps {
		steps[i] = c.events[0]
		steps[i].moment, steps[i].silent = i, true
	}
	return steps
}

// Judge says what is wrong with what has come of a program; "" if nothing is.
func (p *Program) Judge() string {
	for g, party := range p.Parties {
		for _, c := range party {
			c.column = g + 1
		}
	}
	var events []event
	for _, c := range p.Calls() {
		events = append(events, c.taken()...)
		if last := c.events[len(c.events)-1]; !reflect.DeepEqual(last.out, c.out) {
			return fmt.Sprintf("%s returned %s, and later that had become %s: something writes to what it handed out.", c.Name, show(last.out), show(c.out))
		}
	}
	if explained(p.Initial, events, asSeen) {
		return ""
	}
	return story(p.Initial, events)
}

// explained reports whether the events, in some order that keeps those that did
// not overlap in theirs, do what the model allows from the initial state. A rule
// says how an event is to be taken.
func explained(initial any, events []event, of func(event) rule) bool {
	if ordered := inOrder(events); ordered != nil {
		return followed(initial, ordered, of)
	}
	model := porcupine.NondeterministicModel{
		Init: func() []any { return []any{progress{state: initial}} },
		Step: func(before, input, _ any) []any {
			e := events[input.(int)]
			return before.(progress).after(e, of(e))
		},
		Equal: reflect.DeepEqual,
	}
	operations := make([]porcupine.Operation, len(events))
	for i, e := range events {
		operations[i] = porcupine.Operation{ClientId: e.column, Input: i, Call: e.begin, Return: e.end, Output: e.out}
	}
	return porcupine.CheckOperations(model.ToModel(), operations)
}

// inOrder sorts events of which no two overlap; nil, if some do.
func inOrder(events []event) []event {
	events = slices.Clone(events)
	slices.SortFunc(events, func(a, b event) int { return cmp.Compare(a.begin, b.begin) })
	for i, e := range events {
		if i > 0 && e.begin < events[i-1].end {
			return nil
		}
	}
	return events
}

// followed reports whether the model can do what events do one after the other.
func followed(initial any, events []event, of func(event) rule) bool {
	states := []any{progress{state: initial}}
	for _, e := range events {
		var after []any
		for _, s := range states {
			for _, next := range s.(progress).after(e, of(e)) {
				if !contains(after, next) {
					after = append(after, next)
				}
			}
		}
		states = after
	}
	return len(states) > 0
}

// A rule says whether an event may come to something. Without one it may come to
// anything, or not have happened yet: it had not ended at the moment in question.
type rule func(out any) bool

// asSeen is the rule that an event comes to what it has come to.
func asSeen(e event) rule { return func(out any) bool { return reflect.DeepEqual(out, e.out) } }

// progress is a state of the model, and how far the silent calls have come in it.
type progress struct {
	state any
	calls []silent
}

type silent struct {
	call  *Call
	steps int
	ended bool
}

// after are the states that an event may leave.
func (p progress) after(e event, r rule) (after []any) {
	at := slices.IndexFunc(p.calls, func(s silent) bool { return s.call == e.Call })
	if e.silent && at >= 0 && p.calls[at].ended {
		return []any{p}
	}
	done := 0
	if at >= 0 {
		done = p.calls[at].steps
	}
	if e.moment >= len(e.Steps) || e.silent && e.moment != done {
		return nil
	}
	if r == nil {
		after = append(after, p)
		r = func(any) bool { return true }
	}
	for _, o := range e.Steps[e.moment](p.state) {
		ends := o.Ends || e.moment+1 == len(e.Steps)
		switch {
		case e.silent && (!ends || r(o.Out)):
			after = append(after, progress{o.After, p.with(silent{e.Call, done + 1, ends})})
		case !e.silent && ends != e.more && r(o.Out):
			after = append(after, progress{o.After, p.calls})
		}
	}
	return after
}

func (p progress) with(s silent) []silent {
	calls := slices.DeleteFunc(slices.Clone(p.calls), func(c silent) bool { return c.call == s.call })
	calls = append(calls, s)
	slices.SortFunc(calls, func(a, b silent) int { return cmp.Compare(a.call.begin, b.call.begin) })
	return calls
}

// odd finds the event, in the order in which they ended, after which no order
// explains them any more, and what it could have come to instead. The second
// value is empty if nothing it could come to would do.
func odd(initial any, events []event) (at event, could []any) {
	events = slices.Clone(events)
	slices.SortFunc(events, func(a, b event) int { return cmp.Compare(a.end, b.end) })
	for k, at := range events {
		begun := slices.DeleteFunc(slices.Clone(events), func(e event) bool { return e.begin > at.end })
		if until(initial, begun, at, asSeen(at)) && k+1 < len(events) {
			continue
		}
		var seen []any
		until(initial, begun, at, func(out any) bool {
			if !contains(seen, out) {
				seen = append(seen, out)
			}
			return true
		})
		for _, out := range seen {
			if until(initial, begun, at, func(o any) bool { return reflect.DeepEqual(o, out) }) {
				could = append(could, out)
			}
		}
		return at, could
	}
	return event{}, nil
}

// until explains what had ended when an event did, which itself goes by a rule.
func until(initial any, begun []event, at event, of rule) bool {
	return explained(initial, begun, func(e event) rule {
		switch {
		case e.end == at.end:
			return of
		case e.end > at.end:
			return nil
		}
		return asSeen(e)
	})
}

func contains(list []any, v any) bool {
	return slices.ContainsFunc(list, func(w any) bool { return reflect.DeepEqual(v, w) })
}

// clone copies a slice, so that a later write to it shows.
func clone(v any) any {
	x := reflect.ValueOf(v)
	if x.Kind() != reflect.Slice || x.IsNil() {
		return v
	}
	c := reflect.MakeSlice(x.Type(), x.Len(), x.Len())
	reflect.Copy(c, x)
	return c.Interface()
}
