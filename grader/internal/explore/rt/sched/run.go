package sched

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/search"
	"heisenkata/grader/internal/explore/rt/wire"
)

// Result is what one schedule came to.
type Result struct {
	Finding  *Finding
	Schedule wire.Schedule
	Trace    []wire.Step // in detail only
	Steps    int
	Blind    bool        // a leak may be one to overlook
	Drawn    bool        // it drew random numbers, or the order of a map
	Unseen   bool        // its goroutines may have met past the points
	Races    int         // reports of the race detector
	Loops    []wire.Loop // of Recent
	Doubt    *Finding    // set aside, since it hung on a clock that no machine has
	Slips    []int32     // which of its choices let time pass
	Derived  bool        // it is no schedule of the search, but made of one
}

// only reports whether there was nothing to choose, so that every schedule is this one.
func (r Result) only() bool {
	return r.Finding == nil && r.Doubt == nil && len(r.Schedule.Choices) == 0 && !r.Drawn && !r.Unseen
}

// effort is what a schedule costs, in steps: the same on every machine. A report of
// the race detector takes as long as some hundred.
func (r Result) effort() int { return r.Steps + 500*r.Races }

// Options of one run.
type Options struct {
	Test   string // whose package variables are made anew
	Limits Limits
	Detail bool
	Recent bool // remember where the last steps were
	Random uint64
	chart  *chart
}

// Run runs f under one schedule.
//
//go:norace
func Run(t *testing.T, s search.Strategy, o Options, f func()) Result {
	if o.Limits.Steps == 0 {
		o.Limits.Steps = defaultSteps
	}
	c := &Controller{all: &table, strategy: s, chart: o.chart, limits: o.Limits, detail: o.Detail, stacks: o.Detail || o.Recent || overlooked.ever, random: o.Random, seed: o.Random, races: raceErrors()}
	_, c.tree = s.(*search.Tree)
	if o.Recent {
		c.recent = &recent{}
	}
	temporary.before()
	if RaceOn {
		Acquire(unsafe.Pointer(&epoch))
	}
	outcome := c.bubble(t, func() { renew(); reset(o.Test) }, f)
	cur = nil
	if RaceOn {
		Acquire(unsafe.Pointer(&epoch)) // its finding is read from here on
	}
	defer clear(c.all[:c.n])
	defer c.unfollow()
	if outcome != nil && c.finding == nil && !c.leavesDaemons() && !c.spares {
		c.finding = bubbleFinding(outcome, o.Detail || o.Recent)
	}
	r := Result{Schedule: wire.Schedule{Choices: c.choices, Random: c.randomUsed(), Sum: wire.Sum(c.hash)}, Steps: c.steps, Blind: c.blind, Drawn: c.drawn(), Unseen: c.unseen, Slips: c.slips}
	if r.Races = raceErrors() - c.races; r.Races > 0 {
		c.lookForRace()
		if offset, race := raceLog.next(); race {
			other := c.finding
			if other != nil && other.Kind == Leak && assignment.job.Leaks == wire.LeaksOff {
				other = nil
			}
			c.finding = &Finding{Kind: Race, Text: "data race", Other: other, Offset: offset, Doubt: c.early && c.chosen >= longStall && c.sound}
		}
	}
	if o.Detail {
		r.Trace = c.trace()
	}
	if o.Recent {
		r.Loops = c.recent.loops(c.all[:c.n])
	}
	r.Finding = c.finding
	if f := c.finding; f != nil && f.Doubt && f.Kind != Running && !o.Limits.EarlyTimeouts {
		r.Finding, r.Doubt = nil, f
	}
	return r
}

// bubble runs prepare and then the schedule in a bubble of its own, and returns what that said.
// synctest.Test ends its caller when a race was reported, so the caller is a
// goroutine of its own.
//
//go:norace
func (c *Controller) bubble(t *testing.T, prepare, f func()) (outcome any) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { outcome = recover() }()
		synctest.Test(t, func(*testing.T) {
			if !midnight {
				time.Sleep(ordinaryDay)
			}
			c.arrived = make(chan struct{}, 1)
			cur = c
			c.main = c.register()
			go c.run(c.main, 0, func() {
				c.quiet = true
				prepare()
				c.quiet = false
				f()
			})
			c.loop()
		})
	}()
	<-done
	return outcome
}

// A bubble begins at the stroke of a new year and of midnight, and a job that is due
// then would run in every schedule. A test runs on an ordinary day, in the middle of
// a second, unless it may know how bubbles begin.
const ordinaryDay = (9497+137)*24*time.Hour + 10*time.Hour + 24*time.Minute + 37*time.Second + 318_204_573

var midnight bool

// StartAtMidnight lets schedules begin when bubbles do.
func StartAtMidnight() { midnight = true }

// leavesDaemons reports whether goroutines that a package's initialisation started
// are left, which synctest objects to.
//
//go:norace
func (c *Controller) leavesDaemons() bool {
	for i := 0; i < c.n; i++ {
		if g := c.all[i]; g.daemon && g.state != exited {
			return true
		}
	}
	return false
}

// bubbleFinding says what synctest itself objected to, and, of a schedule that is shown, what is
// left: to ask the runtime takes the longer the more earlier schedules have left.
func bubbleFinding(outcome any, shown bool) *Finding {
	text := fmt.Sprint(outcome)
	if strings.Contains(text, "blocked goroutines remain") {
		if shown {
			text = cmp.Or(remains(allStacks()), text)
		}
		return &Finding{Kind: Leak, Text: "code that is not instrumented leaves goroutines: " + text}
	}
	return &Finding{Kind: Unexplorable, Text: text}
}

// runtimePanic tells a panic that the runtime raised, such as a send on a closed
// channel, from one that a statement did, such as a test's own watchdog.
func runtimePanic(stack string) bool {
	for _, raiser := range []string{"runtime.goPanic", "runtime.panic", "runtime.sigpanic", "runtime.closechan", "runtime.chansend", "runtime.mapassign"} {
		if strings.Contains(stack, raiser) {
			return true
		}
	}
	return false
}

// drawn reports whether the schedule depends on its seed.
func (c *Controller) drawn() bool { return c.random != c.seed || c.ordered }

// randomUsed is the seed of the random numbers, if any were drawn.
func (c *Controller) randomUsed() uint64 {
	if !c.drawn() {
		return 0
	}
	return c.seed
}
