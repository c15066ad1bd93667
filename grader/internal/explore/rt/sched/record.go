package sched

import (
	"strings"
	"time"

	"heisenkata/grader/internal/explore/rt/wire"
)

// logged is a step before its stack is resolved.
type logged struct {
	wire.Step
	obj    uintptr
	chosen uintptr // of a select: the channel of the case that it took
	pcs    []uintptr
}

// note adds a step to the trace's hash, and in detail to the trace. left tells
// whether a goroutine that could have gone on is left for it.
//
//go:norace
func (c *Controller) note(g *G, left bool) {
	c.mix(uint64(g.ID)<<48 | uint64(uint8(g.choice))<<40 | uint64(g.op.whole())<<32 | uint64(g.site))
	if c.recent != nil {
		c.recent.add(g)
	}
	if !c.detail || c.quiet {
		return
	}
	s := logged{obj: g.obj, Step: wire.Step{G: g.ID, Op: g.op.String(), Site: g.site, Waited: g.waited || g.op == OpResume, Switch: left}}
	s.pcs = make([]uintptr, g.npcs, g.npcs+len(g.setBy))
	for i := range s.pcs {
		s.pcs[i] = g.pcs[i]
	}
	s.pcs = append(s.pcs, g.setBy...) // if none of the functions is the author's, this is
	c.steplog = append(c.steplog, s)
}

//go:norace
func (c *Controller) noteSlip(d time.Duration, busy bool) {
	c.mix(uint64(OpSlip)<<32 | uint64(d)&0xffffffff)
	if !c.detail {
		return
	}
	s := wire.Step{G: -1, Op: OpSlip.String(), Slip: int64(d), Busy: busy}
	for _, g := range c.enabled {
		if !busy {
			s.Over = append(s.Over, g.ID)
		}
	}
	c.steplog = append(c.steplog, logged{Step: s})
}

//go:norace
func (c *Controller) mix(x uint64) {
	c.hash = (c.hash ^ x) * 0x100000001b3
	c.hash ^= c.hash >> 29
}

// lookForRace notes after which step the detector has first reported a race.
//
//go:norace
func (c *Controller) lookForRace() {
	if c.raced == 0 && raceErrors() > c.races {
		c.raced = max(len(c.steplog), 1)
	}
}

// noteWakes adds to the last step which goroutines it has woken. A goroutine that
// continues because time has passed was not woken by another.
//
//go:norace
func (c *Controller) noteWakes(timePassed bool) {
	for i := 0; i < c.n; i++ {
		g := c.all[i]
		was := g.idle
		g.idle = g.state == blocked || g.state == parked && g.waited && g.op != OpIdle && !g.waiter.Ready()
		if n := len(c.steplog); was && !g.idle && !timePassed && n > 0 && c.steplog[n-1].G != g.ID {
			c.steplog[n-1].Wakes = append(c.steplog[n-1].Wakes, g.ID)
		}
	}
}

// waiting lists the goroutines that have not ended, and what they wait for.
//
//go:norace
func (c *Controller) waiting() (list []wire.Waiting) {
	for i := 0; i < c.n; i++ {
		g := c.all[i]
		if g.state == exited || g.adopted && g.state == running || g.daemon && !(c.ended && c.limits.AllLeaks) {
			continue
		}
		w := wire.Waiting{G: g.ID, Op: g.op.String(), Site: g.site, Holder: -1, Obj: int(g.obj)}
		if h, ok := g.waiter.(Held); ok {
			if by := h.Holder(); by != nil {
				w.Holder = by.ID
			}
		}
		if g.state == running {
			w.Op, w.Site = inLibrary, 0
		} else if c.stacks {
			w.Frames = frames(g.pcs[:g.npcs])
		}
		list = append(list, w)
	}
	c.elsewhere(list)
	return list
}

// moment is a time between two entries of a trace: how many steps and marks it had then.
type moment struct{ steps, marks int }

// trace resolves the recorded steps. Objects become small numbers.
func (c *Controller) trace() (steps []wire.Step) {
	numbers := map[uintptr]int{}
	number := func(p uintptr) int {
		if p == 0 {
			return 0
		}
		if numbers[p] == 0 {
			numbers[p] = len(numbers) + 1
		}
		return numbers[p]
	}
	marked, values := 0, c.values()
	at := make([]int, 0, len(c.steplog))
	failed := 0
	add := func(n int, m mark) {
		if failed == 0 && n > c.failedAt.marks {
			failed = len(steps)
		}
		s := wire.Step{G: m.g, Op: OpMark.String(), Site: m.site, Starts: m.starts}
		values.tell(&s, -1, n)
		if m.starts > 0 {
			s.Op, s.Frames = OpSpawn.String(), frames(m.pcs[:m.npcs])
		}
		steps = append(steps, s)
	}
	for i := range c.steplog {
		s := &c.steplog[i]
		marked = c.marksUntil(i, marked, add)
		if i == c.raced && i > 0 && c.finding != nil {
			c.finding.Raced = len(steps)
		}
		if failed == 0 && i >= c.failedAt.steps {
			failed = len(steps)
		}
		s.Obj = number(s.obj)
		values.tell(&s.Step, i, 0)
		s.Frames = frames(s.pcs)
		at = append(at, len(steps))
		steps = append(steps, s.Step)
	}
	c.marksUntil(len(c.steplog), marked, add)
	if c.finding != nil && c.raced >= len(c.steplog) {
		c.finding.Raced = len(steps)
	}
	if c.chart != nil {
		c.chart.number(number)
	}
	for f := c.finding; f != nil; f = f.Other {
		if f.Kind == Wrong {
			f.Failed = failed
		}
		for i := range f.Waiting {
			w := &f.Waiting[i]
			w.Obj = number(uintptr(w.Obj))
		}
	}
	c.tellBuffers(steps, at, number)
	return steps
}

// Own reports whether a function is the explorer's.
func Own(function string) bool {
	return strings.HasPrefix(function, wire.Module+"/") || strings.HasPrefix(function, "heisenkata/grader/internal/explore/rt/") ||
		strings.HasPrefix(function, "runtime.") || strings.HasPrefix(function, "testing.") || strings.HasPrefix(function, "testing/synctest.") ||
		strings.HasPrefix(function, "internal/synctest.")
}
