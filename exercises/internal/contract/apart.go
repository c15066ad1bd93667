package contract

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"heisenkata/exercises/internal/history"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// apartRounds is how many pairs of programs Apart runs, and farRounds how many for a number
// that the fix holds.
const apartRounds, farRounds = 12, 40

// Apart makes two things at a time, each of them used by a goroutine of its own, and fails
// t if one of them breaks the contract: what they share must be safe, and a slow call of one
// stays until the calls of the other have returned. Then one is idle while the other is used,
// and in both a goroutine waits until it is helped on.
//
// The fix may number its things, and have those share something whose numbers are the same
// modulo a number that it holds. So as many others are made between two of them, in the
// first run in a process.
func Apart[T, S any](t testing.TB, c Contract[T, S]) {
	t.Helper()
	r := oracle.Random(t)
	life.AnyYear(r)
	if c.Names != nil {
		c.Names(r)
	}
	d := plain(c)
	held, free := Shape{Goroutines: 1, Calls: 2, Hold: d.slow(r)}, Shape{Before: 2, Goroutines: 1, Calls: 3}
	drawn := func(s Shape) *program {
		p, found := draw(d, s, r)
		if !found {
			t.Error("no program can be drawn: " + noProgram(s))
		}
		return p
	}
	for range apartRounds {
		if !apart(t, drawn(held), drawn(free), 0) {
			return
		}
	}
	if !idle(t, d, r) || c.Waits && !waiting(t, d, r) || c.Sleeps {
		return
	}
	for _, n := range between(t) {
		ones := make([]*program, min(n, farRounds))
		for i := range ones {
			ones[i] = drawn(held)
		}
		within(t, func() {
			for range n - len(ones) {
				drawn(Shape{}).run()
			}
		}, "the last calls of one that is not used by anything else should return")
		for _, one := range ones {
			if !apart(t, one, drawn(free), n-1) {
				return
			}
		}
	}
}

// apart runs two programs at the same time. So many others were made after the first and
// before the second.
func apart(t testing.TB, one, other *program, between int) bool {
	t.Helper()
	one.beside = &sync.WaitGroup{}
	both := ""
	if between > 0 {
		both = fmt.Sprintf("the other was made after %d more.\n", between)
	}
	return judged(t, func() { together(one, other) }, one, other, both)
}

// judged runs two programs, and reports whether their calls return and both keep the contract.
func judged(t testing.TB, run func(), one, other *program, story string) bool {
	t.Helper()
	within(t, run, "the calls of two that have nothing to do with each other should all return:\n"+fmt.Sprintf("one:\n%sother:\n%s", one, other)+story)
	for _, p := range []*program{one, other} {
		if text := p.Judge(); text != "" {
			t.Error("two that have nothing to do with each other are used at the same time, each by its own goroutines. " + text)
			return false
		}
	}
	return true
}

// idle uses the later of two things while the other one has nothing to do, and then that one:
// its own goroutines must not be woken in place of those of the first.
func idle(t testing.TB, d drawer, r *rand.Rand) bool {
	t.Helper()
	shape := Shape{Before: 2, Goroutines: 1, Calls: 3}
	for range idleRounds {
		one, _ := draw(d, shape, r)
		oracle.AllBlocked()
		other, _ := draw(d, shape, r)
		oracle.AllBlocked()
		if !judged(t, func() { other.run(); one.run() }, one, other, "the first was idle until the other was done.\n") {
			return false
		}
	}
	return true
}

// idleRounds is how many pairs idle runs, and waitingRounds how many waiting does. waitingTries is
// how many calls of a kind are drawn until one waits, and helpingTries how often the call that it
// might wait for.
const idleRounds, waitingRounds, waitingTries, helpingTries = 2, 3, 12, 8

// waiting runs two programs in each of which a goroutine waits for another one, in a call of the
// same kind, if the contract has such. First both wait. Then they are helped on, the later one
// first.
func waiting(t testing.TB, d drawer, r *rand.Rand) bool {
	t.Helper()
	for range waitingRounds {
		one, kind := drawWaiting(d, r.Perm(len(d.calls)), r)
		if kind < 0 {
			one.run()
			return true
		}
		other, too := drawWaiting(d, []int{kind}, r)
		run := func() { other.run(); one.run() }
		if too >= 0 {
			run = func() { bothWait(one, other); helpOn(other); helpOn(one) }
		}
		if !judged(t, run, one, other, "caller A of each waited before caller B began.\n") {
			return false
		}
	}
	return true
}

// bothWait has the first goroutine of each program wait.
func bothWait(programs ...*program) {
	for _, p := range programs {
		p.make(p.before)
		p.calls.Go(func() { p.make(p.parties[0]) })
		oracle.AllBlocked()
	}
}

// helpOn makes the call that the first goroutine of a program waits for, and the last ones.
func helpOn(p *program) {
	p.make(p.parties[1])
	p.calls.Wait()
	p.make(p.last)
}

// maxBetween bounds the sum of what between returns.
const maxBetween = 1 << 15

// between returns numbers that the fix holds, in the first run in a process.
func between(t testing.TB) (numbers []int) {
	if !oracle.Large(t) {
		return nil
	}
	most, sum := min(maxBetween, 6*oracle.Many()), 0 // fewer in a race build
	for _, n := range life.Limits(most + 1) {
		if sum += n; sum <= most {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// together runs two programs at the same time. If the first holds a call, it does so until
// the other is done.
func together(one, other *program) {
	one.beside.Go(other.run)
	one.run()
	one.beside.Wait()
}

// drawWaiting draws a program of two goroutines, of which the first makes a call that waits until
// the second has made one. The call that waits is the first of these kinds that can. If it finds
// none, it returns a program with only the last calls, and -1.
func drawWaiting(d drawer, kinds []int, r *rand.Rand) (p *program, kind int) {
	thing, initial := d.make(r)
	last := d.draw(thing, initial, Shape{}, r)
	for i := range len(kinds) * waitingTries {
		kind := kinds[i/waitingTries]
		if p := d.waiting(last, kind, r); p != nil {
			return p, kind
		}
	}
	return last, -1
}

// waiting draws what drawWaiting returns, for the thing and with the last calls of another
// program, or nil.
func (d drawer) waiting(last *program, kind int, r *rand.Rand) *program {
	before, waits := some(d.calls, r.IntN(3), r), some(d.calls[kind:kind+1], 1, r)
	ends := func(list []drawn) bool {
		return (&history.Program{Initial: last.Initial, Before: calls(list)}).Ends()
	}
	if !ends(before) || ends(slices.Concat(before, waits)) {
		return nil
	}
	for range helpingTries {
		p := &program{thing: last.thing, before: before, parties: [][]drawn{waits, some(d.helps, 1, r)}, last: last.last}
		p.Initial, p.Before, p.Parties, p.Last = last.Initial, calls(before), callsOf(p.parties), last.Last
		if p.Ends() {
			return p
		}
	}
	return nil
}
