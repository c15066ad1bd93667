package contract

import (
	"math/rand/v2"
	"reflect"

	"heisenkata/exercises/internal/history"
)

// fewCalls is how many calls reread draws, to find those it needs.
const fewCalls = 24

// reread has one goroutine change something, which another one reads meanwhile in two ways, one
// after the other. Both have been made before: code that keeps what a call has returned has
// something to forget by then, and at once. If none of some calls that are drawn read what
// another one changes, it reports false and leaves the program as it is.
func (d drawer) reread(p *program, r *rand.Rand) bool {
	now := p.Initial
	for _, c := range p.Before {
		_, after, ok := c.Alone(now)
		if !ok {
			return false
		}
		now = after
	}
	var reads, changes []func(*rand.Rand) drawn
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

// differs tells whether a call returns another result in one state than in another.
func differs(c *history.Call, one, other any) bool {
	before, _, ok := c.Alone(one)
	after, _, can := c.Alone(other)
	return ok && can && !reflect.DeepEqual(before, after)
}
