// Package contract checks what an exercise promises against a sequential model.
//
// A contract says how to make the thing, which calls there are, and for each what
// it may return and what it leaves, were it the only one under way. Check draws a
// small program of such calls, runs it on a few goroutines, and fails the test
// unless some order of the calls explains what all of them returned. Explored,
// a test draws another program in each schedule.
package contract

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"heisenkata/exercises/internal/history"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// A Contract is what a thing of type T promises, in terms of a model's state S.
// Model states are values: a step returns new ones and changes none.
type Contract[T, S any] struct {
	// New makes a thing and the state that its model is in.
	New func(r *rand.Rand) (T, S)

	// Calls draw the calls that any goroutine may make at any time.
	Calls []Draw[T, S]

	// Busy draw the calls of a goroutine that makes many, if not any of Calls.
	Busy []Draw[T, S]

	// Last are calls made one after the other when all others have returned.
	Last []Draw[T, S]

	// Waits tells that some calls may have to wait for others.
	Waits bool
}

// A Draw draws a call with its arguments.
type Draw[T, S any] func(r *rand.Rand) Call[T, S]

// A Call is one call with its arguments.
type Call[T, S any] struct {
	Name string // as a caller would write it

	// Do makes the call, and returns what it returned in a form that can be
	// compared: errors as their text, say.
	Do func(thing T, m Moments) (out any)

	// Slow tells that the call has several steps, or that Do calls Pause: the other
	// calls must be able to return while it stays there.
	Slow bool

	// Steps are what may happen at each of its moments.
	Steps []Step[S]

	// Silent tells that the steps are not at moments that the test sees, but one
	// after the other at some time during the call: items that go in one by one.
	// Only what the last of them comes to is compared.
	Silent bool

	// MayWait tells that the call may wait in a state in which it may also go on.
	MayWait func(before S) bool
}

// Moments are for calls that call back into the test.
type Moments interface {
	// Next ends one moment of the call, with what has come out of it, and begins
	// the next. It may take as long as all the others.
	Next(out any)

	// Pause may take as long as all the others. It is no moment of its own.
	Pause()
}

// A Step returns what a moment of a call may come to in a state. If it returns
// nothing, the call waits there until others have changed the state.
type Step[S any] func(before S) []Outcome[S]

// An Outcome is what a step comes to and the state it leaves. Ends is set where a
// call that may have further moments ends with this one.
type Outcome[S any] struct {
	Out   any
	After S
	Ends  bool
}

// A Shape says how large a program is.
type Shape struct {
	Before     int  // at most so many calls before the goroutines start; so many, if none do
	Goroutines int  // at the same time
	Calls      int  // at most so many for each goroutine, at least one; mostly few
	Many       int  // if that is more, so many for one of them in every other program, and fewer in the others
	Hold       bool // a call stays at one of its moments until the other goroutines are done
}

// Check draws a program of a contract, runs it, and fails t if it breaks the contract,
// or if there is no program to draw.
func Check[T, S any](t testing.TB, c Contract[T, S], s Shape) {
	t.Helper()
	r := oracle.Random(t)
	life.AnyYear(r)
	p, found := draw(plain(c), s, r)
	if !found {
		t.Error("no program can be drawn: " + noProgram(s))
	}
	within(t, p.run, "these calls were to return, in whatever order they are made:\n"+p.String())
	if text := p.Judge(); text != "" {
		t.Error(text)
	}
}

func noProgram(s Shape) string {
	if s.Hold {
		return "a slow call was to be held, and there is none beside which all others can return"
	}
	return "in each that was tried, some order of the calls leaves one waiting for ever"
}

// within is oracle.Within where a deadlock does not show by itself.
func within(t testing.TB, fn func(), message string) {
	if limited, ok := t.(interface{ Deadline() (time.Time, bool) }); ok {
		if _, ok := limited.Deadline(); !ok {
			fn()
			return
		}
	}
	oracle.Within(t, fn, message)
}

// program is a drawn program, and how to run it.
type program struct {
	history.Program
	thing        any
	before, last []drawn
	parties      [][]drawn
	others, held sync.WaitGroup // held: the goroutine with the held call
}

func (p *program) run() {
	p.make(p.before)
	for g, calls := range p.parties {
		if !p.Holds(g) {
			p.others.Go(func() { p.make(calls) })
		}
	}
	for g, calls := range p.parties {
		if p.Holds(g) {
			p.held.Go(func() { p.make(calls) })
		}
	}
	p.others.Wait()
	p.held.Wait()
	p.make(p.last)
}

func (p *program) make(calls []drawn) {
	for _, c := range calls {
		m := moments{p, c.call}
		c.call.Begin()
		c.call.End(c.do(p.thing, m))
	}
}

// moments are those of one call.
type moments struct {
	program *program
	call    *history.Call
}

func (m moments) Next(out any) {
	m.call.Next(out)
	m.Pause()
	m.call.Begin()
}

func (m moments) Pause() {
	if m.call == m.program.Held {
		m.program.others.Wait()
	}
}
