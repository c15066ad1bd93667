package contract

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"heisenkata/exercises/internal/history"
	"heisenkata/exercises/internal/life"
)

// drawer draws the programs of a contract. It has no type parameters because they
// would only lengthen the stacks in reports of races and deadlocks.
type drawer struct {
	make                     func(r *rand.Rand) (thing, state any)
	calls, busy, helps, last []func(r *rand.Rand) drawn
	waits, short             bool
}

type drawn struct {
	call *history.Call
	do   func(thing any, m Moments) any
	slow bool
}

func plain[T, S any](c Contract[T, S]) drawer {
	d := drawer{
		make:  func(r *rand.Rand) (any, any) { return c.New(r) },
		calls: plainDraws(c.Calls),
		busy:  plainDraws(c.Busy),
		helps: plainDraws(c.Helps),
		last:  plainDraws(c.Last),
		waits: c.Waits, short: c.Short,
	}
	if len(d.busy) == 0 {
		d.busy = d.calls
	}
	if len(d.helps) == 0 {
		d.helps = d.calls
	}
	return d
}

func plainDraws[T, S any](typed []Draw[T, S]) (plain []func(*rand.Rand) drawn) {
	for _, d := range typed {
		plain = append(plain, func(r *rand.Rand) drawn {
			c := d(r)
			call := &history.Call{Name: c.Name, Silent: c.Silent}
			if c.MayWait != nil {
				call.MayWait = func(before any) bool { return c.MayWait(before.(S)) }
			}
			for _, s := range c.Steps {
				call.Steps = append(call.Steps, plainStep(s))
			}
			return drawn{call, func(thing any, m Moments) any { return c.Do(thing.(T), m) }, c.Slow}
		})
	}
	return plain
}

func plainStep[S any](s Step[S]) history.Step {
	return func(before any) (outcomes []history.Outcome) {
		for _, o := range s(before.(S)) {
			outcomes = append(outcomes, history.Outcome{Out: o.Out, After: o.After, Ends: o.Ends})
		}
		return outcomes
	}
}

// tries is the number of rejected programs after which there is said to be none. The
// contracts of the exercises reject at most eleven of twelve.
const tries = 1000

// draw draws a program in which every call can return, in whatever order they are
// made, and which holds a call if the shape says so. If it finds none, it returns a
// program with only the last calls.
//
// It makes only one thing, even if it rejects programs: the thing may own a goroutine
// that its last calls end.
func draw(d drawer, s Shape, r *rand.Rand) (p *program, found bool) {
	thing, initial := d.make(r)
	for range tries {
		p := d.draw(thing, initial, s, r)
		if (p.Held != nil) == s.Hold && (!d.waits || p.Ends()) {
			return p, true
		}
	}
	return d.draw(thing, initial, Shape{}, r), false
}

func (d drawer) draw(thing, initial any, s Shape, r *rand.Rand) *program {
	p := &program{thing: thing}
	p.Initial = initial
	before, busy := s.Before, 0
	if s.Goroutines > 0 {
		before, busy = r.IntN(s.Before+1), r.IntN(s.Goroutines)
	}
	longer, before := d.beyond(s, before, r)
	var usual []func(*rand.Rand) drawn
	p.before, usual = d.prefix(s, before, r)
	for _, last := range d.last {
		p.last = append(p.last, last(r))
	}
	p.Before, p.Last = calls(p.before), calls(p.last)
	for g := range s.Goroutines {
		if g == busy && longer.Many > s.Calls {
			p.parties = append(p.parties, d.busyParty(longer.Many, longer.Many > s.Many, r))
		} else {
			p.parties = append(p.parties, some(d.calls, life.Size(r, s.Calls), r))
		}
	}
	switch {
	case len(usual) > 0 && len(p.parties) > 0 && !s.Agree && r.IntN(4) > 0: // and once more, while others run
		p.parties[0][0] = usual[0](r)
	case s.Goroutines < 2 || s.Calls < 2 || s.Many > 0 || s.Hold:
	case s.Goroutines > 2 && (s.Agree || r.IntN(8) == 0) && d.agree(p, r):
	case r.IntN(6) == 0 && d.reread(p, r):
	case r.IntN(3) == 0:
		p.parties = d.twice(r)
	case r.IntN(2) == 0:
		p.parties = d.meanwhile(p, r)
	}
	p.Parties = callsOf(p.parties)
	if slow := slices.DeleteFunc(slices.Concat(p.parties...), func(d drawn) bool { return !d.slow }); s.Hold && len(slow) > 0 {
		p.Held = slow[r.IntN(len(slow))].call
	}
	return p
}

// twice are two goroutines that make a call of the same kind, as when both close something,
// and what one of them does next: it may rely on what its call promises, although the other
// one was first and may not be done.
func (d drawer) twice(r *rand.Rand) [][]drawn {
	i := r.IntN(len(d.calls))
	call := d.calls[i : i+1]
	return [][]drawn{some(call, 1, r), append(some(call, 1, r), some(d.calls, 1+r.IntN(3), r)...)}
}

// telling is how many pairs of goroutines meanwhile draws.
const telling = 8

// meanwhile is a call of one goroutine, and a few that another one makes meanwhile: of some
// that are drawn, those that tell most code from right that does half of a call at one
// moment, and half at another.
func (d drawer) meanwhile(p *program, r *rand.Rand) (parties [][]drawn) {
	most := -1
	for range telling {
		drawn := [][]drawn{some(d.calls, 1, r), some(d.calls, 2+r.IntN(3), r)}
		try := p.Program
		try.Parties = callsOf(drawn)
		if tells := try.Tells(); tells > most {
			parties, most = drawn, tells
		}
	}
	return parties
}

// slow reports whether some calls are slow.
func (d drawer) slow(r *rand.Rand) bool {
	return slices.ContainsFunc(some(d.calls, 100, r), func(d drawn) bool { return d.slow })
}

// prefix draws the calls before the goroutines start: n, or, if that is more than usual,
// perhaps few and then one call that is made n times, which is what usual draws.
func (d drawer) prefix(s Shape, n int, r *rand.Rand) (before []drawn, usual []func(*rand.Rand) drawn) {
	if n <= s.Before || r.IntN(2) == 0 {
		return some(d.calls, n, r), nil
	}
	usual = same(d.calls, r)
	return append(some(d.calls, 1+r.IntN(6), r), some(usual, n, r)...), usual
}

// busyParty draws the calls of the goroutine that makes many: in every other program
// the full number. If that is more than usual, they may all be the same.
func (d drawer) busyParty(many int, unusual bool, r *rand.Rand) []drawn {
	switch {
	case unusual && r.IntN(2) == 0:
		return some(same(d.busy, r), many, r)
	case r.IntN(2) == 0:
		return some(d.busy, many, r)
	}
	return some(d.busy, life.Size(r, many), r)
}

// maxProgram is the largest number in a fix that programs go beyond.
const maxProgram = 300

// beyond makes some programs longer than a number that the fix holds, so that it is met
// while other calls run: more calls before the goroutines start, or more calls of one
// of them. Calls that wait may leave no such program.
func (d drawer) beyond(s Shape, before int, r *rand.Rand) (Shape, int) {
	n, ok := life.Limit(r, maxProgram)
	n += n + 20 // calls, as some of them take away what others add
	switch {
	case !ok || d.waits || d.short || s.Hold || s.Before+s.Many == 0:
	case s.Goroutines == 0 || r.IntN(max(2, n/25)) == 0: // the longer, the more seldom: each schedule costs time
		before = max(before, n)
	case s.Many > 0 && r.IntN(2) == 0:
		s.Many = max(s.Many, n)
	}
	return s, before
}

func some(draws []func(*rand.Rand) drawn, n int, r *rand.Rand) (some []drawn) {
	for range n {
		some = append(some, draws[r.IntN(len(draws))](r))
	}
	return some
}

// same draws one call, and returns what draws it again and again.
func same(draws []func(*rand.Rand) drawn, r *rand.Rand) []func(*rand.Rand) drawn {
	draw, seed := draws[r.IntN(len(draws))], r.Uint64()
	return []func(*rand.Rand) drawn{func(*rand.Rand) drawn { return draw(rand.New(rand.NewPCG(seed, 0))) }}
}

func calls(list []drawn) (calls []*history.Call) {
	for _, d := range list {
		calls = append(calls, d.call)
	}
	return calls
}

func callsOf(parties [][]drawn) (lists [][]*history.Call) {
	for _, party := range parties {
		lists = append(lists, calls(party))
	}
	return lists
}

// String lists the calls.
func (p *program) String() string {
	if len(p.Before)+len(p.Parties) == 0 {
		return "  not used\n"
	}
	var b strings.Builder
	if len(p.Before) > 0 {
		fmt.Fprintf(&b, "  before:   %s\n", p.names(p.Before))
	}
	for g, party := range p.Parties {
		fmt.Fprintf(&b, "  caller %c: %s\n", 'A'+g, p.names(party))
	}
	return b.String()
}

func (p *program) names(calls []*history.Call) string {
	var names []string
	for _, c := range calls {
		name := c.Name
		if c == p.Held {
			name += " (held until the other goroutines are done)"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}
