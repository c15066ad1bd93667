package sched

import "heisenkata/grader/internal/explore/rt/search"

const (
	maxPolls  = 100             // looks in a row, after which a goroutine polls
	aGosched  = maxPolls/2 + 1  // looks that a Gosched between them counts for
	maxPolled = 4 + search.Most // so many things are looked at in turn
	polled    = "a goroutine polls: it looks again and again at what has not changed. What has to wait must block"
)

// polls are what one goroutine has looked at, and how often, since it or another has changed
// some of it.
type polls struct {
	objs  [maxPolled]uintptr
	n     int
	looks int
	op    Op      // its step before
	at    uintptr // and the object of that; 0 if there is none, or several
	vain  bool    // which has changed nothing, though it could have
}

// ForbidPolling makes it a finding of the running schedule if a goroutine polls.
//
//go:norace
func ForbidPolling() {
	if c := at(); c != nil {
		c.mustBlock = true
	}
}

// MustBlock tells whether polling is a finding.
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

// watchPolling is called before a step of g, when the one before it has been taken, by c.cur.
//
//go:norace
func (c *Controller) watchPolling(g *G) {
	if last := c.cur; last != nil {
		c.hasStepped(last)
	}
	p := &g.polls
	p.op, p.at, p.vain = g.op, g.obj, false
	switch g.op {
	case OpUnlock, OpRUnlock, OpMemory:
	case OpYield:
		if g.site == 0 {
			p.looks += aGosched
		}
	case OpSelect:
		for i := range g.choosing {
			p.look(g.choosing[i])
		}
		p.looks++
	default:
		p.look(g.obj)
		p.looks++
	}
	if p.looks > maxPolls {
		f := Finding{Kind: Wrong, Text: polled}
		if c.stacks {
			f.At = frames(g.pcs[:g.npcs])
		}
		c.report(f)
	}
}

// hasStepped forgets the looks at what a step has changed. A lock that is taken and released
// is a look for its goroutine, and a change for others.
//
//go:norace
func (c *Controller) hasStepped(last *G) {
	p := &last.polls
	switch p.op {
	case OpLoad, OpYield, OpMemory:
		return
	case OpLock, OpRLock, OpUnlock, OpRUnlock:
	default:
		if p.vain {
			return
		}
		p.n, p.looks = 0, 0
	}
	for i := range c.n {
		if g := c.all[i]; g != last && g.polls.sees(p.at) {
			g.polls.n, g.polls.looks = 0, 0
		}
	}
}

// sees tells whether obj was looked at; each was if it is 0.
//
//go:norace
func (p *polls) sees(obj uintptr) bool {
	for i := range p.n {
		if p.objs[i] == obj {
			return true
		}
	}
	return obj == 0
}

// look notes a look at obj. What looks at more things than a few goes through a list.
//
//go:norace
func (p *polls) look(obj uintptr) {
	if obj == 0 || p.sees(obj) {
		return
	}
	if p.n == maxPolled {
		p.n, p.looks = 0, 0
	}
	p.objs[p.n] = obj
	p.n++
}
