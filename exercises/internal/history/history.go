// Package history records concurrent calls, and decides whether some order of them
// explains what they returned.
//
// When the grader explores schedules, this package must not be scheduled like the code
// under test: the directive below excludes it from instrumentation. The race detector
// sees no order in its clock, so it hides no data race.
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

// A Program is a set of calls on one thing: some before any goroutine starts, some in
// each goroutine, and some after all have ended.
type Program struct {
	Initial any // initial state of the model
	Before  []*Call
	Parties [][]*Call
	Last    []*Call
	Held    *Call // stays at its first moment until the other goroutines are done
}

// Calls returns all calls, in that order.
func (p *Program) Calls() []*Call {
	return slices.Concat(p.Before, slices.Concat(p.Parties...), p.Last)
}

// Holds reports whether a goroutine of the program makes the held call.
func (p *Program) Holds(party int) bool { return slices.Contains(p.Parties[party], p.Held) }

// A Call is one call and its results. One that calls back has
// several moments.
type Call struct {
	Name  string // formatted as a caller would write it
	Steps []Step // possible outcomes of each moment

	Silent  bool                  // only the outcome of the last step is visible
	MayWait func(before any) bool // whether it may wait where it may also continue; nil: never

	column int // in the table: 0 before the goroutines start and after they end
	begin  int64
	events []event
	out    any // the value itself, which the code may still change
}

// A Step returns the possible outcomes of a moment in a state of the model. None means
// that it has to wait there.
type Step func(before any) []Outcome

// An Outcome is the outcome of a moment and the state it leaves. Ends is set if it is
// the last moment although steps remain.
type Outcome struct {
	Out, After any
	Ends       bool
}

// event is one moment of a call, or a silent step: it happened at some point between
// begin and end.
type event struct {
	*Call
	moment     int
	silent     bool
	more       bool // another moment follows
	begin, end int64
	out        any
}

// Alone returns what the call returns, and the state that it leaves, if no other call is under
// way. If it would have to wait, it reports false.
func (c *Call) Alone(before any) (out, after any, ok bool) {
	after = before
	for _, step := range c.Steps {
		outcomes := step(after)
		if len(outcomes) == 0 {
			return nil, before, false
		}
		out, after = outcomes[0].Out, outcomes[0].After
		if outcomes[0].Ends {
			break
		}
	}
	return out, after, true
}

// Begin records that the call or its next moment begins.
func (c *Call) Begin() { c.begin = Tick() }

// Next records the outcome of a moment that another one follows.
func (c *Call) Next(out any) { c.took(out, true) }

// End records the result of the call.
func (c *Call) End(out any) {
	c.took(out, false)
	c.out = out
}

func (c *Call) took(out any, more bool) {
	c.events = append(c.events, event{Call: c, moment: len(c.events), more: more, begin: c.begin, end: Tick(), out: clone(out)})
}

// taken returns the moments of the call. For a silent call these are all its steps,
// each of which may have happened at any time during the call.
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

// Judge describes what is wrong with the results of a program; "" if nothing is.
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
			return fmt.Sprintf("%s returned %s, which later changed to %s: something still writes to the returned value.", c.Name, show(last.out), show(c.out))
		}
	}
	if explained(p.Initial, events, asSeen) {
		return ""
	}
	return story(p.Initial, events)
}

// explained reports whether the model allows the events, from the initial state, in
// some order that respects the order of events that did not overlap. The rule of an
// event says which outcomes are accepted.
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

// inOrder sorts events if none of them overlap, and otherwise returns nil.
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

// followed reports whether the model allows the events in the order given.
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

// A rule says whether an outcome of an event is accepted. Without one any is, and the
// event may not have happened yet: it had not ended at the moment in question.
type rule func(out any) bool

// asSeen is the rule that accepts only the outcome that was recorded.
func asSeen(e event) rule { return func(out any) bool { return reflect.DeepEqual(out, e.out) } }

// progress is a state of the model, and the progress of the silent calls in it.
type progress struct {
	state any
	calls []silent
}

type silent struct {
	call  *Call
	steps int
	ended bool
}

// after returns the states that an event may leave.
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

// odd finds the first event, in the order in which they ended, that no
// order explains, and the outcomes that would have been possible instead.
// There may be none.
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

// until reports whether the events that ended no later than at are explained; of is the rule for at.
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

// clone copies a slice, so that later writes to the original are noticed.
func clone(v any) any {
	x := reflect.ValueOf(v)
	if x.Kind() != reflect.Slice || x.IsNil() {
		return v
	}
	c := reflect.MakeSlice(x.Type(), x.Len(), x.Len())
	reflect.Copy(c, x)
	return c.Interface()
}
