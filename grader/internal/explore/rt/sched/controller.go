package sched

import (
	"slices"
	"strconv"
	"testing/synctest"
	"time"

	"heisenkata/grader/internal/explore/rt/search"
	"heisenkata/grader/internal/explore/rt/wire"
)

const (
	defaultSteps = 300_000
	drainSteps   = 40_000                // granted after the test function has returned
	sweepSteps   = 1000                  // after which it is time for finalizers
	drainTime    = time.Minute           // of the bubble's clock, likewise
	horizon      = time.Hour             // no goroutine can go on for so long: none ever will
	maxGiven     = 2000                  // times that others give way, after which a goroutine runs
	maxHeldUp    = 20_000                // or so many steps that they take
	maxStreak    = 300                   // steps in a row after which a goroutine gives way
	maxStill     = 500                   // steps without time passing, after which it does
	maxSteady    = 20_000                // the same where nothing spins and the next timer is far,
	maxBusy      = 200_000               // where that is a timeout,
	slowStep     = 10 * time.Microsecond // or so many as come to its time if each takes so long:
	maxLooking   = 2000                  // what looks at memory so often in a row spins,
	maxGlances   = 2000                  // and what looks at the clock so often
	slowLook     = 50 * time.Microsecond // that each further look takes, if there is no timer
	maxPassed    = 20                    // times in a row that time passes although a goroutine could run
	longTime     = 50 * time.Millisecond // few machines keep a goroutine from running for so long
	longStall    = time.Second           // and none so long
	maxIdle      = 5000                  // waits for time without a step
)

// loop is the controller. It runs on the bubble's main goroutine, so that the
// bubble's clock goes on as long as it does.
//
//go:norace
func (c *Controller) loop() {
	idles, idleAt, timePassed := 0, 0, false
	lastTime := instant()
	for {
		Off()
		synctest.Wait()
		On()
		if c.detail {
			c.lookForRace()
			c.noteWakes(timePassed)
			c.noteLevels()
			timePassed = false
		}
		if c.finding != nil {
			return
		}
		live := c.collect()
		if len(c.enabled) == 0 {
			if live == 0 {
				return
			}
			if c.steps != idleAt {
				idles, idleAt = 0, c.steps
			}
			if idles++; idles > maxIdle {
				c.report(Finding{Kind: Running, Text: "time passes and no goroutine takes a step"})
				return
			}
			if c.hangs() {
				return
			}
			if c.ended && c.weak && !c.onlyDaemons() && c.sweep() { // none is in the middle of something, and holds what it has a weak pointer to
				continue
			}
			if c.awaitTime() {
				timePassed, c.passed = true, true
				continue
			}
			if c.ended && !c.onlyDaemons() && c.sweep() {
				continue
			}
			c.stuck()
			return
		}
		if c.steps >= c.limits.Steps && !c.goesOn() {
			steps := strconv.Itoa(c.steps) + " steps"
			c.report(Finding{Kind: Running, Text: "the schedule has not ended after " + steps, GivenUp: steps, Waiting: c.waiting()})
			return
		}
		if c.ended {
			if c.endedAt == 0 {
				c.endedAt = c.steps
			} else if c.overdue(c.steps - c.endedAt) {
				return
			}
		}
		if c.steps&63 == 0 || c.limits.Slip {
			if now := instant(); now != lastTime {
				lastTime, c.timeAt, c.spins, c.glances = now, c.steps, 0, 0
			}
		}
		if c.standsStill(c.steps - c.timeAt) {
			c.timeAt, c.spins, c.glances = c.steps, 0, 0
			c.slip(true)
			continue
		}
		c.step()
	}
}

// collect gathers the goroutines that may be picked, the current one first, and
// counts those that have not ended.
//
//go:norace
func (c *Controller) collect() (live int) {
	c.enabled = c.enabled[:0]
	current := -1
	var patient *G // waits until no other goroutine can go on
	for _, g := range c.present() {
		if !g.adopted && !(c.spared(g) && c.ended) {
			live++
		}
		if g.state != parked {
			g.since = c.steps
			continue
		}
		if g.op == OpIdle {
			g.since = c.steps
			patient = g
			continue
		}
		if g.waiter != nil && !g.waiter.Ready() {
			g.gave, g.since = c.gave, c.steps
		} else {
			if g == c.cur {
				current = len(c.enabled)
			}
			c.enabled = append(c.enabled, g)
		}
	}
	if len(c.enabled) == 0 && patient != nil {
		c.enabled = append(c.enabled, patient)
	}
	if current > 0 {
		g := c.enabled[current]
		copy(c.enabled[1:current+1], c.enabled[:current])
		c.enabled[0] = g
	}
	c.keepWhole()
	return live
}

// keepWhole leaves only those that others must not interrupt, if there are any, or that
// hold what such a one waits for. What that rules out is not proven to pass.
//
//go:norace
func (c *Controller) keepWhole() {
	var holder *G
	for _, g := range c.lives {
		if h, ok := g.waiter.(Held); ok && g.whole > 0 && g.state == parked && !g.waiter.Ready() {
			holder = h.Holder()
		}
	}
	kept := 0
	for _, g := range c.enabled {
		if g.whole > 0 || g == holder {
			c.enabled[kept] = g
			kept++
		}
	}
	if c.whole = kept > 0; c.whole && kept < len(c.enabled) {
		c.enabled, c.unseen = c.enabled[:kept], true
	}
}

// present are the goroutines that have not ended, in the order of their start. Of
// thousands that a schedule starts, most have.
//
//go:norace
func (c *Controller) present() []*G {
	for ; c.seen < c.n; c.seen++ {
		c.lives = append(c.lives, c.all[c.seen])
	}
	kept := c.lives[:0]
	for _, g := range c.lives {
		if g.state != exited {
			kept = append(kept, g)
		}
	}
	c.lives = kept
	return kept
}

// overdue ends a schedule whose test has returned long ago, on the bubble's clock
// while no goroutine could run, or in steps: what goes on is a leak. Time that
// passed although one could run does not count.
//
//go:norace
func (c *Controller) overdue(steps int) bool {
	if steps > sweepSteps && c.sweep() || c.idleAfter <= drainTime && steps <= drainSteps {
		return false
	}
	if !c.onlyDaemons() && c.sweep() {
		return false
	}
	if !c.onlyDaemons() {
		c.leak("goroutines still work long after the test has ended", c.works)
	}
	return true
}

// works reports whether a goroutine that is left after an overdue test takes steps still,
// whatever it happens to wait for now: a ticker's next tick, or its turn at a free lock.
//
//go:norace
func (c *Controller) works(g *G) bool {
	free := g.state == parked && (g.waiter == nil || g.waiter.Ready())
	return free || g.last > c.endedAt+(c.steps-c.endedAt)/2
}

//go:norace
func (c *Controller) onlyDaemons() bool {
	for i := 0; i < c.n; i++ {
		if g := c.all[i]; g.state != exited && !g.adopted && !c.spared(g) {
			return false
		}
	}
	return true
}

// stuck records that no goroutine can go on.
//
//go:norace
func (c *Controller) stuck() {
	if c.ended {
		if !c.onlyDaemons() {
			c.leak("goroutines are left that can never go on", func(*G) bool { return false })
		}
		return
	}
	if signalLooks++; c.signals || signalLooks <= maxSignalLooks && asksForSignals(allStacks()) {
		c.report(Finding{Kind: Unexplorable, Text: wire.Signals})
		return
	}
	c.report(Finding{Kind: Deadlock, Text: "no goroutine can ever go on", Waiting: c.waiting()})
}

// testTime is how long a test may wait while no goroutine can run but what timers wake:
// `go test` ends one that takes so long.
const testTime = 10 * time.Minute

// hangs records that the test, and what it waits for, can never go on, although other
// goroutines do, such as one with a ticker.
//
//go:norace
func (c *Controller) hangs() bool {
	if c.ended || c.idle < testTime || c.main.state == running || c.main.op == OpSleep {
		return false
	}
	half := c.main.last + (c.steps-c.main.last)/2
	works := map[int32]bool{}
	for _, g := range c.present() {
		works[g.ID] = g.last > half
	}
	waiting := slices.DeleteFunc(c.waiting(), func(w wire.Waiting) bool { return works[w.G] })
	c.report(Finding{Kind: Deadlock, Text: "the test can never go on", Waiting: waiting})
	return true
}

// step lets the strategy pick one goroutine, and wakes it.
//
//go:norace
func (c *Controller) step() {
	en := c.enabled
	curEnabled := c.cur != nil && en[0] == c.cur
	yield := false
	if curEnabled && len(en) > 1 && (en[0].op == OpYield || c.streak > maxStreak) {
		g := en[0] // an unfair spin: it goes to the end of the queue, and the switch is free
		copy(en, en[1:])
		en[len(en)-1] = g
		yield = true
	}
	n := len(en)
	if c.limits.Slip && !c.quiet && !c.ended && !c.whole && c.still == 0 && !c.passedOver() && c.timers.next() > 0 {
		n++
	}
	if n > 1 && c.stops() {
		c.stop(c.turn(n > len(en)))
		return
	}
	k := 0
	if !c.quiet {
		k = c.pick(c.view(n > len(en), curEnabled && !yield, yield))
	}
	c.took, c.touched, c.passed = 0, 0, false
	c.steps++
	if k == len(en) {
		c.slips = append(c.slips, int32(len(c.choices)-1))
		c.slip(false)
		return
	}
	c.grant(en[k], curEnabled && en[k] != c.cur)
}

// pick asks the strategy, if there is a choice, and tells it what runs.
//
//go:norace
func (c *Controller) pick(v search.View) (k int) {
	if n := v.Options(); n > 1 {
		k = c.strategy.Pick(v)
		if k < 0 || k >= n {
			k = 0
		}
		if starved := c.starved(); starved >= 0 {
			k = starved
		}
		c.choices = append(c.choices, int32(k))
		if c.chart != nil {
			c.chart.reached(c, c.turn(v.Slip))
		}
	}
	c.strategy.Ran(v, k)
	return k
}

// starved is which goroutine has to run, since others have given way very often while it
// could have, or have taken very many steps, or -1. No strategy may hold up forever what
// those wait for.
//
//go:norace
func (c *Controller) starved() int {
	for i, g := range c.enabled {
		if c.gave-g.gave > maxGiven || c.steps-g.since > maxHeldUp {
			return i
		}
	}
	return -1
}

// view is what a strategy sees, in memory of its own: it may use maps, which the
// race detector would look into.
//
//go:norace
func (c *Controller) view(slip, current, yield bool) search.View {
	if cap(c.events) < len(c.enabled) {
		c.events = make([]search.Event, 2*len(c.enabled))
	}
	c.events = c.events[:len(c.enabled)]
	for i, g := range c.enabled {
		c.events[i] = g.event()
	}
	last := int32(-1)
	if c.cur != nil {
		last = c.cur.ID
	}
	v := search.View{Events: c.events, Slip: slip, Last: last, Current: current, Yield: yield, Passed: c.passed, Touched: c.touched, Took: c.took}
	if c.tree {
		v.Raced, v.Stands = raceErrors() > c.races, c.stands()
	}
	return v
}

//go:norace
func (g *G) event() search.Event {
	op := g.op.whole()
	e := search.Event{G: g.ID, Name: g.name, From: g.from, Seq: g.steps, Key: g.key, Obj: g.obj, Reads: op.looks() || op == OpRLock, Kind: kinds[g.op]}
	e.Joins = op == OpAdd || op == OpDone || op == OpWait
	switch {
	case g.op == OpDone:
		if d, ok := g.waiter.(Kinded); ok {
			e.Kind = d.Kind()
		}
	case g.op == OpSelect && g.many:
		e.Kind = search.All
	case g.op == OpSelect:
		e.More = g.choosing
	}
	return e
}

// Kinded is a Waiter that knows how its operation touches its object by now.
type Kinded interface{ Kind() search.Kind }

//go:norace
func (c *Controller) grant(g *G, left bool) {
	if g.options > 1 && c.stops() {
		c.stop(wire.Turn{G: g.ID, Values: int(g.options)})
		return
	}
	if c.mustBlock {
		c.watchPolling(g)
	}
	g.steps++
	g.last, g.since = c.steps, c.steps
	if g == c.main {
		c.idle = 0
	}
	if g.op == OpYield {
		c.gave++
	}
	g.gave = c.gave
	if c.looking++; !g.op.looks() && g.op != OpYield {
		c.looking = 0
	}
	if g == c.cur {
		c.streak++
	} else {
		c.streak = 0
	}
	if g.passed = 0; g.op == OpYield {
		c.spins++
	}
	g.choice = 0
	if g.options > 1 && !c.quiet {
		k := c.strategy.Choose(int(g.options))
		if k < 0 || k >= int(g.options) {
			k = 0
		}
		g.choice = int32(k)
		c.choices = append(c.choices, g.choice)
		if c.chart != nil {
			c.chart.reached(c, wire.Turn{G: g.ID, Values: int(g.options)})
		}
	}
	c.note(g, left)
	c.cur = g
	g.waiter = nil
	g.state = running
	heartbeat++
	Off()
	g.wake <- struct{}{}
	On()
}

// heartbeat counts steps of all schedules; the watchdog looks at it.
var heartbeat uint64
