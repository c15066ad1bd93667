package sched

import (
	"math/bits"
	"runtime"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/search"
)

// Park is a point: the calling goroutine stops until the controller picks it,
// and, with a waiter, until that is ready. It returns a choice in [0, options).
// site is the instrumenter's number for the position, 0 in drop-in packages;
// obj is what the operation is on.
//
//go:norace
func Park(op Op, site uint32, obj unsafe.Pointer, w Waiter, options int) int {
	c := at()
	if c == nil {
		return 0
	}
	if RaceOn {
		ReleaseMerge(unsafe.Pointer(&epoch)) // acquired only between schedules
	}
	Off()
	from, through, by := belowLane(callers())
	g := c.self()
	g.op, g.site, g.obj, g.waiter, g.options = op, site, uintptr(obj), w, int32(options)
	g.key = place(op, site, from, through, by)
	g.waited = w != nil && !w.Ready()
	if c.stacks && (op != OpStart || g.npcs == 0) {
		g.npcs = runtime.Callers(2, g.pcs[:])
	}
	g.loops = 0
	g.state = parked
	select {
	case c.arrived <- struct{}{}:
	default:
	}
	<-g.wake
	r := int(g.choice)
	On()
	return r
}

// place names what is done and where: the site, if the instrumenter has numbered it,
// and the calls that lead there.
//
//go:norace
func place(op Op, site uint32, from, through, by uintptr) uint64 {
	key := uint64(op.whole())<<32 | uint64(site)
	for _, pc := range [...]uintptr{from, through, by} {
		key = (key ^ uint64(pc)) * 0x9e3779b97f4a7c15
		key ^= key >> 32
	}
	return key
}

// P is a point before an operation on memory that may be shared.
func P(site uint32) { Park(OpMemory, site, nil, nil, 0) }

// V is a point between the computation of v and its use.
func V[T any](site uint32, v T) T {
	Park(OpMemory, site, nil, nil, 0)
	return Holds(v)
}

// spinLoops is how often a loop may turn between two points.
const spinLoops = 32

// Yield marks a loop: one that spins gives way.
//
//go:norace
func Yield(site uint32) {
	c := at()
	if c == nil {
		return
	}
	g := c.self()
	if c.mustBlock {
		g.polls.turn()
	}
	if g.loops++; g.loops >= spinLoops {
		Park(OpYield, site, nil, nil, 0)
	}
}

// Gosched gives way.
func Gosched() {
	if !Active() {
		runtime.Gosched()
		return
	}
	Park(OpYield, 0, nil, nil, 0)
}

// NoObject is for rewritten code, in which the name nil may have another meaning.
var NoObject unsafe.Pointer

// Blocked announces that the calling goroutine is about to wait natively.
//
//go:norace
func Blocked(op Op, site uint32, obj unsafe.Pointer) {
	c := at()
	if c == nil {
		return
	}
	g := c.self()
	g.op, g.site, g.obj = op, site, uintptr(obj)
	if c.stacks {
		g.npcs = runtime.Callers(2, g.pcs[:])
	}
	g.state = blocked
}

// After is the point after an operation that has waited.
func After(site uint32, obj unsafe.Pointer) { Park(OpResume, site, obj, nil, 0) }

// Choose is a value in [0, n) that the strategy chooses; 0 outside an exploration.
func Choose(n int) int { return Park(OpChoose, 0, nil, nil, n) }

// idle is ready when no other goroutine is; the controller knows it.
type idle struct{}

// Ready tells the truth only to the controller, which asks the others first.
func (idle) Ready() bool { return false }

// WaitIdle parks until every other goroutine waits for something.
func WaitIdle() {
	Park(OpIdle, 0, nil, idle{}, 0)
	if Active() {
		Acquire(unsafe.Pointer(&epoch)) // as synctest.Wait orders what was done before it
	}
}

// Still keeps time from passing while goroutines can run, as in a bubble of the
// test's own, until resume is called.
//
//go:norace
func Still() (resume func()) {
	c := at()
	if c == nil {
		return func() {}
	}
	c.still++
	return func() { c.unstill() }
}

//go:norace
func (c *Controller) unstill() { c.still-- }

// Whole keeps other goroutines from going on, as long as the calling one can, until over
// is called: it holds a lock that is not under control.
//
//go:norace
func Whole() (over func()) {
	c := at()
	if c == nil {
		return func() {}
	}
	g := c.self()
	g.whole++
	return func() { g.over() }
}

//go:norace
func (g *G) over() { g.whole-- }

// Unseen tells that the calling goroutine may meet others past the points.
//
//go:norace
func Unseen() {
	if c := at(); c != nil && !c.quiet {
		c.unseen = true
	}
}

// touch notes what the step under way uses.
//
//go:norace
func touch(what search.Touch) {
	if c := at(); c != nil {
		c.touched |= what
	}
}

// Random is the next of the schedule's random numbers: the same ones whenever
// the same schedule runs.
//
//go:norace
func Random() uint64 {
	c := at()
	if c == nil {
		return 0
	}
	c.touched |= search.Random
	c.random += 0x9e3779b97f4a7c15 // splitmix64, but that its numbers do not tell the next ones
	return Mix(Mix(c.random^c.seed) + bits.RotateLeft64(c.seed, 32))
}

// Mix is the mixing step of splitmix64, which is one to one.
//
//go:norace
func Mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// NoteSeed says that the random numbers come from a seed from now on, to the schedule's end.
// Seeded reports whether they do.
//
//go:norace
func NoteSeed() {
	if c := at(); c != nil {
		c.touched |= search.Random
		c.seeded = true
	}
}

// Seeded is documented with NoteSeed.
//
//go:norace
func Seeded() bool {
	c := at()
	if c == nil || !c.seeded {
		return false
	}
	c.touched |= search.Random // the goroutine that comes first draws the earlier number
	return true
}
