package contract

import (
	"math/rand/v2"
	"reflect"
	"slices"

	"heisenkata/exercises/internal/history"
)

// fewCalls is how many calls kinds draws.
const fewCalls = 24

// kinds draws some calls, and sorts those that can return in the state before the goroutines
// start by whether they change it.
func (d drawer) kinds(p *program, r *rand.Rand) (now any, reads, changes []func(*rand.Rand) drawn) {
	now = p.Initial
	for _, c := range p.Before {
		_, after, ok := c.Alone(now)
		if !ok {
			return now, nil, nil
		}
		now = after
	}
	for range fewCalls {
		draw := same(d.calls, r)[0]
		switch _, after, ok := draw(r).call.Alone(now); {
		case !ok:
		case reflect.DeepEqual(now, after):
			reads = append(reads, draw)
		default:
			changes = append(changes, draw)
		}
	}
	return now, reads, changes
}

// reread has one goroutine change something, which another one reads meanwhile in two ways, one
// after the other. Both have been made before: code that keeps what a call has returned has
// something to forget by then, and at once. If none of some calls that are drawn read what
// another one changes, it reports false and leaves the program as it is.
func (d drawer) reread(p *program, r *rand.Rand) bool {
	now, reads, changes := d.kinds(p, r)
	for _, change := range changes {
		_, after, _ := change(r).call.Alone(now)
		var shows []func(*rand.Rand) drawn
		names := map[string]bool{}
		for _, read := range reads {
			if c := read(r).call; len(shows) < 2 && !names[c.Name] && differs(c, now, after) {
				shows, names[c.Name] = append(shows, read), true
			}
		}
		if len(shows) == 2 {
			p.before = append(p.before, shows[0](r), shows[1](r))
			p.Before = calls(p.before)
			p.parties = [][]drawn{{change(r)}, {shows[0](r), shows[1](r)}}
			return true
		}
	}
	return false
}

// manyReaders is how many goroutines agree draws at most.
const manyReaders = 5

// agree has each of several goroutines read something and then make a change of its own. What
// one reads while another is in the middle of its change, all others have to agree with. If
// there are no three changes that a call shows, it reports false and leaves the program as it is.
// All calls have one step: the orders of so many with several would take too long to look through.
func (d drawer) agree(p *program, r *rand.Rand) bool {
	now, reads, changes := d.kinds(p, r)
	several := func(draw func(*rand.Rand) drawn) bool { return len(draw(r).call.Steps) > 1 }
	reads, changes = slices.DeleteFunc(reads, several), slices.DeleteFunc(changes, several)
	for _, read := range reads {
		if r.IntN(2) == 0 { // all read the same
			read = same([]func(*rand.Rand) drawn{read}, r)[0]
		}
		var parties [][]drawn
		names := map[string]bool{}
		for _, change := range changes {
			c := change(r)
			if _, after, _ := c.call.Alone(now); len(parties) < manyReaders && !names[c.call.Name] && differs(read(r).call, now, after) {
				parties, names[c.call.Name] = append(parties, []drawn{read(r), c}), true
			}
		}
		if len(parties) > 2 {
			p.parties = parties
			return true
		}
	}
	return false
}

// differs reports whether a call returns another result in one state than in another.
func differs(c *history.Call, one, other any) bool {
	before, _, ok := c.Alone(one)
	after, _, can := c.Alone(other)
	return ok && can && !reflect.DeepEqual(before, after)
}
