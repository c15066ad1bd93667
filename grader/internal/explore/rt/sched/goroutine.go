package sched

import (
	"runtime"
	"strconv"
	"sync"
	"time"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/search"
)

type state int32

const (
	running state = iota
	parked        // at a point, waiting to be picked
	blocked       // in an operation that waits natively
	exited
)

// Waiter reports whether a goroutine parked with it may be picked. Ready must be
// //go:norace: the controller calls it.
type Waiter interface{ Ready() bool }

// Held is a Waiter that knows who holds what is waited for.
type Held interface{ Holder() *G }

// G is a goroutine under control.
type G struct {
	ID int32

	gp      uintptr
	state   state
	wake    chan struct{}
	adopted bool   // started by code that is not instrumented
	daemon  bool   // started by a package's initialisation; may outlive the test
	name    uint64 // the same in every schedule
	from    uint64 // the name of the goroutine that started it
	starts  uint64 // goroutines that it has started
	ranges  uint64 // ranges over maps that it has begun
	steps   int32  // that it has taken
	gave    int    // how often others had given way when it ran or waited last
	since   int    // how many steps the schedule had when it ran or waited last
	last    int    // how many steps the schedule had when it took its last one

	// Where it is, or was last.
	op       Op
	site     uint32
	obj      uintptr
	choosing [search.Most]uintptr // the channels of its select
	many     bool                 // it has more
	key      uint64               // the same for the same operation at the same place
	waiter   Waiter
	waited   bool // it was not ready at once
	options  int32
	choice   int32
	loops    int32
	idle     bool // it waited when the controller looked last
	whole    int  // calls that others do not interrupt
	passed   int  // times in a row that time has passed although it could run
	polls    polls
	pcs      [maxFrames]uintptr
	npcs     int
	setBy    []uintptr // of an AfterFunc: where it was called
}

const maxFrames = 12

// What one schedule may start, and how many of them at once.
const (
	maxGoroutines = 1 << 16
	maxLive       = 4096
)

// Controller runs one schedule: one goroutine at a time, chosen at each point.
type Controller struct {
	all   *[maxGoroutines]*G
	n     int
	gone  int  // of them, how many have ended
	lives []*G // those of the first seen that have not, when the controller looked last
	seen  int
	regmu sync.Mutex

	arrived chan struct{}
	cur     *G
	main    *G

	strategy search.Strategy
	tree     bool   // the strategy searches a tree
	chart    *chart // draws it; may be nil
	limits   Limits
	detail   bool // record the steps
	stacks   bool // and where each goroutine is

	mustBlock bool // polling is a finding

	overlooked []overlook // goroutines that may be left
	unsound    string     // why a failure of the test's may be the explorer's; "" if it is not
	gauged     string     // the same, if it comes and goes
	earlier    int32      // as may those with a lower number
	spares     bool       // some are
	blind      bool       // which may be left was not seen
	recent     *recent

	finding *Finding
	ended   bool // the test function has returned
	endedAt int  // steps until that was noticed
	// idle is how long the bubble's clock has gone on while no goroutine could run, since
	// the test itself has taken a step.
	idle time.Duration
	// idleAfter is how long it has gone on since the test has ended, while no goroutine
	// could run.
	idleAfter   time.Duration
	quiet       bool        // packages are being initialised: nothing to choose
	final       bool        // a finalizer was asked for
	collections int         // that the test has asked for since
	finalizers  *finalizers // of what may be collected; nil without any
	weak        bool        // there are weak pointers, which are nil once their objects are collected
	signals     bool        // the test asks for signals
	swept       bool        // those of what is not used any more were called

	steps      int
	timeAt     int // steps when time passed last, or a timer was set that is the next
	looking    int // steps in a row that only looked, as those of a loop that waits do
	gave       int // how often a goroutine gave way
	streak     int
	still      int           // time does not pass while goroutines can run
	seeded     bool          // random numbers come from a seed
	looks      int           // at the clock
	ahead      time.Duration // of the bubble's clock is the time that is told: each look takes a while
	glances    int           // looks at the clock since time passed last
	spins      int           // how often goroutines gave way since then
	slipped    time.Duration // in all, although goroutines could run
	stalled    time.Duration // of that, what a goroutine that spins alone has not asked for
	chosen     time.Duration // of that, what does not come of goroutines that are busy
	sound      bool          // no race was seen before that became more than any machine's stall
	early      bool          // a timeout has fired, or a long sleep ended, although goroutines could run
	choices    []int32
	slips      []int32 // which of them let time pass
	steplog    []logged
	marked     int    // marks in detail
	valued     int    // values, likewise
	buffers    int    // channels that are followed
	levels     int    // and what was noted of them
	races      int    // reports before this schedule
	raced      int    // steps taken when the first race was seen; 0 if none was
	failedAt   moment // when the first finding was reported
	hash       uint64
	enabled    []*G
	whole      bool // they are those that others must not interrupt
	events     []search.Event
	touched    search.Touch // by the last step
	unseen     bool         // goroutines may have met past the points
	took       int          // by its select
	passed     bool         // time, since the last step
	processors int          // as the test has set it
	timers     deadlines
	random     uint64 // state of the random numbers
	seed       uint64 // what it was at first
	kept       kept
	ordered    bool // a range over a map was given an order
}

// table holds the goroutines of the schedule that runs: one for all schedules,
// since it is large.
var table [maxGoroutines]*G

// Limits bound one schedule.
type Limits struct {
	Steps int  // 0: 300,000
	Slip  bool // time may pass although goroutines could run
	// EarlyTimeouts counts failures of a test that come after a timeout has fired
	// although goroutines could run: most tests take such a thing for impossible.
	EarlyTimeouts bool
	AllLeaks      bool // as wire.LeaksAll
	Turn          int  // stop before this choice, counted from 1; 0: never
	// A schedule that does more than look takes up to Patient times Steps, until this
	// process has taken so much processor time.
	Patient int
	Until   time.Duration
}

// cur is the controller at work, nil outside an exploration. It is written only
// while no goroutine under control exists.
var cur *Controller

// at returns the controller that the calling goroutine obeys, or nil.
//
//go:norace
func at() *Controller {
	c := cur
	if c == nil || outside.n > 0 && outside.holds(getg()) {
		return nil
	}
	return c
}

// Active reports whether the calling goroutine is under control. Drop-in types
// that are not fall back on the real ones.
func Active() bool { return at() != nil }

// self finds the calling goroutine, and adopts it if it is new.
//
//go:norace
func (c *Controller) self() *G {
	p := getg()
	if g := c.cur; g != nil && g.gp == p && g.state != exited {
		return g
	}
	if g := c.known(p); g != nil {
		return g
	}
	g := c.register()
	g.gp = p
	g.adopted = true
	return g
}

//go:norace
func (c *Controller) register() *G {
	g := &G{wake: make(chan struct{}, 1), daemon: c.quiet, gave: c.gave, since: c.steps}
	c.christen(g)
	c.regmu.Lock()
	defer c.regmu.Unlock()
	g.ID = int32(c.n)
	if c.n >= maxGoroutines || c.n-c.gone >= maxLive {
		live, all := strconv.Itoa(c.n-c.gone), strconv.Itoa(c.n)
		c.report(Finding{Kind: Running, Text: "more goroutines than can be controlled: " + live + " at once, " + all + " in all", GivenUp: "starting " + all + " goroutines, more than can be controlled"})
		return g
	}
	c.all[c.n] = g
	c.n++
	return g
}

// christen names a goroutine by its parent and its number among the children of that
// one. If code without instruments starts it, its parent is the current goroutine.
//
//go:norace
func (c *Controller) christen(g *G) {
	g.name = 1
	if by := c.cur; by != nil {
		by.starts++
		g.from = by.name
		g.name = (by.name ^ by.starts*0x9e3779b97f4a7c15) * 0x100000001b3
		g.name ^= g.name >> 29
	}
}

// Go starts f as a goroutine under control.
//
//go:norace
func Go(site uint32, f func()) {
	c := at()
	if c == nil {
		go runOutside(f)
		return
	}
	Off()
	g := c.register()
	g.site = site
	if c.stacks && site == 0 {
		g.npcs = runtime.Callers(2, g.pcs[:]) // where its start is shown
	}
	c.markStart(c.self(), g, site)
	On()
	go c.run(g, site, f)
	Park(OpSpawn, site, nil, nil, 0)
}

// run is the body of a goroutine under control.
//
//go:norace
func (c *Controller) run(g *G, site uint32, f func()) {
	g.gp = getg()
	defer c.exit(g)
	Park(OpStart, site, nil, nil, 0)
	lane := noLane
	if c.detail && int(g.ID) < len(lanes) {
		lane = lanes[g.ID]
	}
	lane(f)
}

// exit ends a goroutine under control, by return, Goexit or panic.
//
//go:norace
func (c *Controller) exit(g *G) {
	if RaceOn {
		ReleaseMerge(unsafe.Pointer(&epoch))
	}
	if r := recover(); r != nil {
		c.report(panicFinding(r)) // with the detector on: fmt's pools need their happens-before edges
	}
	g.state = exited
	c.gone++
	if g == c.main {
		c.ended = true
	}
}

// Self is the calling goroutine, if it is under control.
//
//go:norace
func Self() *G {
	c := at()
	if c == nil {
		return nil
	}
	Off()
	g := c.self()
	On()
	return g
}

// epoch carries a happens-before edge from each schedule to the next.
var epoch [8]byte

// Live is how many goroutines there are under control, or 0 outside an exploration.
//
//go:norace
func Live() (n int) {
	c := at()
	if c == nil {
		return 0
	}
	c.unseen = true // they end without a point
	for i := 0; i < c.n; i++ {
		if g := c.all[i]; g.state != exited && !g.daemon {
			n++
		}
	}
	return n
}
