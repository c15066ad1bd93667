package sched

import (
	"slices"
	"time"

	"heisenkata/grader/internal/explore/rt/wire"
)

// A slip lets time pass although goroutines could run, as on a machine that is slow or
// busy. Otherwise time passes only while every goroutine waits.

// standsStill reports whether time has to pass, since a goroutine spins until it does.
// So many steps may also be progress: if no goroutine yields, looks at the clock thousands
// of times, or does nothing but look at memory, the further away a timer is the more of them
// it gets.
// In a bubble of the test's own time never passes, however much there is to do: what
// spins there never ends.
//
//go:norace
func (c *Controller) standsStill(steps int) bool {
	if steps <= maxStill || c.still > 0 {
		return false
	}
	next := c.timers.next()
	if next == 0 {
		return false
	}
	if c.spins > maxStill/100 || c.looking > maxLooking || c.glances > maxGlances && !c.timers.firstIsTimeout {
		return true
	}
	away, steady := time.Duration(next-instant()), maxSteady
	if c.timers.firstIsTimeout { // it is there for what goes wrong, and work goes on without it
		steady = maxBusy
	}
	return steps > min(steady, int(away/slowStep))
}

// awaitTime lets the bubble's clock go on to the next timer. It returns false
// if no goroutine arrives at a point within the horizon.
//
//go:norace
func (c *Controller) awaitTime() bool {
	if c.timers.next(); c.slipped > 0 && c.timers.firstIsTimeout {
		c.early = true // earlier than it would have been
	}
	wait := horizon + c.timers.longest() // what is set comes, however late
	defer func(from int64) {
		if passed := time.Duration(instant() - from); c.ended {
			c.idleAfter += passed
		} else if c.still == 0 {
			c.idle += passed
		}
	}(instant())
	t := time.NewTimer(wait) // with the detector on: it has a Once of its own
	defer t.Stop()
	Off()
	defer On()
	select {
	case <-c.arrived:
	default:
	}
	select {
	case <-c.arrived:
		return true
	case <-t.C:
		return false
	}
}

// slip lets time pass to the next timer although goroutines could run: since they are busy,
// or as if the machine stalled. For one goroutine that spins, and while no other can run, no
// machine has to stall.
//
//go:norace
func (c *Controller) slip(busy bool) {
	d := time.Duration(c.timers.next() - instant())
	if !busy {
		if c.chosen < longStall && c.chosen+d >= longStall {
			c.sound = raceErrors() == c.races
		}
		c.chosen += d
	}
	if c.slipped += d; c.slipped >= longTime || c.timers.firstIsTimeout {
		c.early = true
	}
	if !busy || len(c.enabled) > 1 {
		c.stalled += d
	}
	for _, g := range c.enabled {
		g.passed++
	}
	c.passed = true
	c.noteSlip(d, busy)
	heartbeat++
	time.Sleep(d)
}

// passedOver reports whether time has passed so often over a goroutine that could
// run that this one has to run first, as on any machine it would.
//
//go:norace
func (c *Controller) passedOver() bool {
	for _, g := range c.enabled {
		if g.passed >= maxPassed {
			return true
		}
	}
	return false
}

// maxHurried is how many schedules with a doubt are tried again in which less time passes.
const maxHurried = 5

// unhurried looks for what a schedule set aside in one in which time passes less often: in a
// long one it may have passed where that changed nothing. It returns what counts, or the same.
func (w *worker) unhurried(test Test, r Result) Result {
	if r.Doubt == nil || r.Doubt.Kind == Running || w.hurried >= maxHurried || w.job.Strict || r.Doubt.Kind == Leak && (w.leak != nil || w.job.Leaks == wire.LeaksOff) {
		return r
	}
	w.hurried++
	for kept := range min(len(r.Slips), 3) {
		s := r.Schedule
		s.Choices = slices.Clone(s.Choices)
		for _, at := range r.Slips[kept:] {
			s.Choices[at] = 0
		}
		if again := w.replay(test, s, false); again.Finding != nil && again.Finding.Kind == r.Doubt.Kind {
			again.Derived = true
			return again
		}
	}
	return r
}
