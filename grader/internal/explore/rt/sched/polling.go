package sched

import "heisenkata/grader/internal/explore/rt/search"

const (
	maxTurns  = 100             // of a loop, after which a goroutine polls
	aGosched  = maxTurns / 2    // turns that a Gosched counts for
	maxLooked = 2 + search.Most // so many things are looked at in a turn
	polled    = "a goroutine polls: it looks again and again at what has not changed. What has to wait must block"
)

// polls are the turns of a loop in which a goroutine has only looked, since it or another one
// has changed something that it looked at.
type polls struct {
	objs   [maxLooked]uintptr
	n      int
	turns  int
	looked bool    // in this turn
	op     Op      // its step before
	at     uintptr // and the object of that; 0 if there is none, or several
	vain   bool    // that step has changed nothing, though it could have
}

// ForbidPolling makes it a finding of the running schedule if a goroutine polls.
//
//go:norace
func ForbidPolling() {
	if c := at(); c != nil {
		c.mustBlock = true
	}
}

// MustBlock reports whether polling is a finding.
//
//go:norace
func MustBlock() bool { return cur != nil && cur.mustBlock }

// InVain notes that the operation under way has changed nothing: a TryLock that found the lock
// taken, a select that took its default.
//
//go:norace
func InVain() {
	if c := at(); c != nil && c.mustBlock {
		c.self().polls.vain = true
	}
}

// turn counts a turn of a loop.
//
//go:norace
func (p *polls) turn() {
	if p.looked {
		p.turns++
	}
	p.looked = false
}

// watchPolling is called before a step of g, when the one before it, of c.cur, has been taken.
//
//go:norace
func (c *Controller) watchPolling(g *G) {
	if last := c.cur; last != nil {
		c.hasStepped(last)
	}
	p := &g.polls
	p.op, p.at, p.vain = g.op, g.obj, false
	switch {
	case g.op == OpYield && g.site == 0 && p.turns > 0: // a Gosched in a loop
		p.turns += aGosched
	case g.op == OpSelect:
		for _, obj := range g.choosing {
			p.look(obj)
		}
	case g.op != OpYield && g.op != OpMemory:
		p.look(g.obj)
	}
	if p.turns > maxTurns {
		f := Finding{Kind: Wrong, Text: polled}
		if c.stacks {
			f.At = frames(g.pcs[:g.npcs])
		}
		c.report(f)
	}
}

// hasStepped forgets the looks at what a step has changed.
//
//go:norace
func (c *Controller) hasStepped(last *G) {
	p := &last.polls
	if p.op.looks() || p.op == OpYield || p.op == OpMemory || p.vain {
		return
	}
	p.forget()
	for i := range c.n {
		if p.at == 0 || c.all[i].polls.sees(p.at) {
			c.all[i].polls.forget()
		}
	}
}

//go:norace
func (p *polls) forget() { p.n, p.turns, p.looked = 0, 0, false }

//go:norace
func (p *polls) sees(obj uintptr) bool {
	for i := range p.n {
		if p.objs[i] == obj {
			return true
		}
	}
	return false
}

// look notes a look at obj. What looks at more things than a few goes through a list.
//
//go:norace
func (p *polls) look(obj uintptr) {
	if obj == 0 || p.sees(obj) {
		p.looked = true
		return
	}
	if p.n == maxLooked {
		p.forget()
	}
	p.looked = true
	p.objs[p.n] = obj
	p.n++
}
