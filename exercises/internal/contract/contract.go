// Package contract checks the promises of an exercise against a sequential model.
//
// A contract says how to make the thing, which calls there are, and, for each call,
// what it may return and what state it leaves when no other call is running. Check
// draws a small program of such calls, runs it on a few goroutines, and fails the test
// unless some order of the calls explains everything they returned. Under the
// explorer, a test draws another program for each schedule.
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

// A Contract is what a thing of type T promises, in terms of model states of type S.
// States are values: a step returns a new one and does not modify the old.
type Contract[T, S any] struct {
	// Names, if set, draws what all programs of a test have in common, such as the names in
	// them. It is called once, before New.
	Names func(r *rand.Rand)

	// New makes a thing and the initial state of its model.
	New func(r *rand.Rand) (T, S)

	// Calls draw calls that any goroutine may make at any time.
	Calls []Draw[T, S]

	// Busy draw the calls of a goroutine that makes many; if empty, Calls do.
	Busy []Draw[T, S]

	// Helps draw the calls for which, in Apart, a call waits; if empty, Calls do.
	Helps []Draw[T, S]

	// Last are calls made one after the other once all others have returned.
	Last []Draw[T, S]

	// Blocks is set if a call that has to wait must block: under the explorer, one that polls
	// fails the test.
	Blocks bool

	// Waits is set if some calls may have to wait for others.
	Waits bool

	// Sleeps is set if making a thing or its Last calls take real time: Apart does not make
	// thousands of things then.
	Sleeps bool

	// Short is set if the model has too many states for long programs: they are as long as
	// their shape says, whatever numbers a fix holds.
	Short bool
}

// A Draw draws a call with its arguments.
type Draw[T, S any] func(r *rand.Rand) Call[T, S]

// A Call is one call with its arguments.
type Call[T, S any] struct {
	Name string // formatted as a caller would write it

	// Do makes the call and returns its result in a comparable form: errors as
	// text, for example.
	Do func(thing T, m Moments) (out any)

	// Slow is set if the call has several steps or Do calls Pause: other calls must be
	// able to return while it stays there.
	Slow bool

	// Steps say what may happen at each moment of the call.
	Steps []Step[S]

	// Silent is set if the test cannot see when the steps happen: they occur in order, at
	// some time during the call, such as items that are added one by one. Only the outcome
	// of the last one is compared.
	Silent bool

	// MayWait reports whether the call may wait in a state in which it may also continue.
	MayWait func(before S) bool
}

// Moments are for calls that call back into the test.
type Moments interface {
	// Next ends one moment of the call, with its outcome, and begins the next. It may
	// block until all other goroutines are done.
	Next(out any)

	// Pause may block until all other goroutines are done. It does not end a moment.
	Pause()
}

// A Step returns the possible outcomes of a moment in a state. If there are none, the
// call waits there until other calls have changed the state.
type Step[S any] func(before S) []Outcome[S]

// An Outcome is a possible outcome of a step and the state it leaves. Ends is set if
// it ends a call that might otherwise have had further moments.
type Outcome[S any] struct {
	Out   any
	After S
	Ends  bool
}

// A Shape says how large a program is.
type Shape struct {
	Before     int  // maximum of calls before the goroutines start; the exact number if there are none
	Goroutines int  // number that run concurrently
	Calls      int  // maximum for each goroutine, at least 1; usually few
	Many       int  // if larger than Calls: that many for one goroutine in every other program, fewer in the others
	Agree      bool // if it can be: each of up to five goroutines reads something, and then makes a change of its own
	Hold       bool // one call stays at one of its moments until the other goroutines are done
}

// Check draws a program of a contract and runs it. It fails t if the program breaks
// the contract, or if none can be drawn.
func Check[T, S any](t testing.TB, c Contract[T, S], s Shape) {
	t.Helper()
	r := oracle.Random(t)
	life.AnyYear(r)
	if c.Names != nil {
		c.Names(r)
	}
	p, found := draw(plain(c), s, r)
	if !found {
		t.Error("no program can be drawn: " + noProgram(s))
	}
	if c.Blocks {
		oracle.NoPolling(t)
	}
	within(t, p.run, "these calls should all return, whatever order they are made in:\n"+p.String())
	if text := p.Judge(); text != "" {
		t.Error(text)
	}
}

func noProgram(s Shape) string {
	if s.Hold {
		return "a slow call should be held, but with any of them held some other call cannot return"
	}
	return "in each that was tried, some order of the calls leaves one waiting forever"
}

// within is oracle.Within, if a deadlock would not be reported otherwise.
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
	calls, held  sync.WaitGroup  // held: the goroutine with the held call
	beside       *sync.WaitGroup // another program, which the held call waits for, too
}

func (p *program) run() {
	p.make(p.before)
	for g, calls := range p.parties {
		if !p.Holds(g) {
			p.calls.Go(func() { p.make(calls) })
		}
	}
	for g, calls := range p.parties {
		if p.Holds(g) {
			p.held.Go(func() { p.make(calls) })
		}
	}
	p.calls.Wait()
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

// moments are the Moments of one call.
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
		m.program.calls.Wait()
		if m.program.beside != nil {
			m.program.beside.Wait()
		}
	}
}
