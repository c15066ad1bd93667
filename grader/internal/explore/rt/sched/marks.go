package sched

// Points are where a switch may fall. In between code reads and writes memory
// as well, and a picture that leaves this out may leave out the access that
// matters. So instrumented code marks such accesses: in detail they become part
// of the trace, and never of the schedule.

// mark is one such access, or the start of a goroutine.
type mark struct {
	step   int32 // how many steps had been taken
	g      int32
	site   uint32
	starts int32               // the goroutine that is started, or 0
	pcs    *[maxFrames]uintptr // of a start without a site: the call stack
	npcs   int
}

// marks holds those of the schedule that runs, the latest ones if they are many.
// It is an array since the race detector would see an append.
var marks [8192]mark

// Mark records that the calling goroutine has come to site.
//
//go:norace
func Mark(site uint32) {
	c := at()
	if c == nil || !c.detail || c.quiet {
		return
	}
	if g := c.known(getg()); g != nil { // others are adopted at their first point, with marks or without
		c.mark(mark{g: g.ID, site: site})
	}
}

//go:norace
func (c *Controller) mark(m mark) {
	m.step = int32(len(c.steplog))
	marks[c.marked%len(marks)] = m
	c.marked++
}

// markStart records that by starts g: the point that follows may come much later.
//
//go:norace
func (c *Controller) markStart(by, g *G, site uint32) {
	if !c.detail || c.quiet {
		return
	}
	pcs := g.pcs
	c.mark(mark{g: by.ID, site: site, starts: g.ID, pcs: &pcs, npcs: g.npcs})
}

// Marked is Mark after the computation of v.
func Marked[T any](site uint32, v T) T {
	Mark(site)
	return v
}

// known finds a goroutine that is under control.
//
//go:norace
func (c *Controller) known(gp uintptr) *G {
	for i := c.n - 1; i >= 0; i-- {
		if g := c.all[i]; g.gp == gp && g.state != exited {
			return g
		}
	}
	return nil
}

// marksUntil hands out the marks up to a step, in order, from the i-th on. They are
// numbered from 1 on.
func (c *Controller) marksUntil(step, i int, hand func(n int, m mark)) int {
	i = max(i, c.marked-len(marks))
	for ; i < c.marked && int(marks[i%len(marks)].step) <= step; i++ {
		hand(i+1, marks[i%len(marks)])
	}
	return i
}
