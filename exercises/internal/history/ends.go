package history

import (
	"slices"
)

// position is a state and how far each goroutine of a program has got in it.
type position struct {
	call, moment []int
	state        any
}

// Ends reports whether all calls of a program return in every order that the model
// allows: none of them waits for something that no call will do.
func (p *Program) Ends() bool {
	states := []any{p.Initial}
	for _, c := range p.Before {
		if states = alone(c, states); states == nil {
			return false
		}
	}
	for _, s := range states {
		if !p.endsFrom(s, false) || p.Held != nil && !p.endsFrom(s, true) {
			return false
		}
	}
	return true
}

// endsFrom reports whether the goroutines' calls end. A held call with one step is held
// before that step if early is set, otherwise after it; any other stays at its first moment.
func (p *Program) endsFrom(state any, early bool) bool {
	w := walk{p: p, seen: map[spot]bool{}, key: keys(state), hold: 1}
	if early && p.Held != nil && (p.Held.Silent || len(p.Held.Steps) == 1) {
		w.hold = 0
	}
	return w.from(position{make([]int, len(p.Parties)), make([]int, len(p.Parties)), state})
}

// alone returns the states that a call may leave when no other call is running, or nil
// if it may have to wait.
func alone(c *Call, states []any) []any {
	var after []any
	for k := 0; len(states) > 0; k++ {
		var next []any
		for _, s := range states {
			outcomes := c.Steps[k](s)
			if len(outcomes) == 0 || k == 0 && c.MayWait != nil && c.MayWait(s) {
				return nil
			}
			for _, o := range outcomes {
				if o.Ends || k+1 == len(c.Steps) {
					after = append(after, o.After)
				} else {
					next = append(next, o.After)
				}
			}
		}
		states = next
	}
	return after
}

// spot is a position in a form that can be a map key.
type spot struct {
	at    string
	state any
}

func (w *walk) spot(at position) spot {
	var b []byte
	for g, call := range at.call {
		b = append(b, byte(call), byte(at.moment[g]))
	}
	return spot{string(b), w.key(at.state)}
}

// walk visits all positions that a program can reach.
type walk struct {
	p    *Program
	seen map[spot]bool
	key  func(state any) any
	hold int // moment before which the held call stays
}

func (w *walk) from(at position) bool {
	spot := w.spot(at)
	if w.seen[spot] {
		return true
	}
	w.seen[spot] = true
	done, moved := true, false
	for g, party := range w.p.Parties {
		if at.call[g] == len(party) {
			continue
		}
		done = false
		if w.heldBack(at, g) {
			continue
		}
		c := party[at.call[g]]
		for _, o := range c.Steps[at.moment[g]](at.state) {
			moved = moved || at.moment[g] > 0 || c.MayWait == nil || !c.MayWait(at.state)
			if !w.from(at.after(g, len(c.Steps), o.Ends, o.After)) {
				return false
			}
		}
	}
	if done {
		return w.last(at.state)
	}
	return moved
}

// heldBack reports whether a goroutine is where the held call must stay.
func (w *walk) heldBack(at position, g int) bool {
	held := slices.Index(w.p.Parties[g], w.p.Held)
	if held < 0 || at.call[g] < held || at.call[g] == held && at.moment[g] < w.hold {
		return false
	}
	for other, party := range w.p.Parties {
		if other != g && at.call[other] < len(party) {
			return true
		}
	}
	return false
}

func (w *walk) last(s any) bool {
	states := []any{s}
	for _, m := range w.p.Last {
		if states = alone(m, states); states == nil {
			return false
		}
	}
	return true
}

// after returns the position after goroutine g has made a step.
func (at position) after(g, steps int, ends bool, s any) position {
	next := position{slices.Clone(at.call), slices.Clone(at.moment), s}
	if next.moment[g]++; ends || next.moment[g] == steps {
		next.call[g]++
		next.moment[g] = 0
	}
	return next
}
