package sched

import (
	"math"
	"time"

	"heisenkata/grader/internal/explore/rt/search"
)

// deadlines are the timers that are set, so that time may slip to the next one.
type deadlines struct {
	at    [64]int64 // nanoseconds of the bubble's clock
	every [64]int64 // a ticker's period; timeout or sleeping otherwise
	late  [64]int64 // by how much it is later than was asked for
	n     int
	lag   int64 // the most by which what has come was late
	last  int64 // the latest of all that were set

	firstIsTimeout bool // what next has returned is one, or one follows so soon that it fires with it
}

// What is set for once: a timeout, or a sleep.
const (
	timeout  = 0
	sleeping = -1
)

// next is the earliest deadline, or 0. It forgets those that have passed.
//
//go:norace
func (d *deadlines) next() int64 {
	if d.n == 0 {
		return 0
	}
	now := instant()
	best, kept := int64(0), 0
	for i := 0; i < d.n; i++ {
		t, every := d.at[i], d.every[i]
		if t <= now && every > 0 {
			t += ((now-t)/every + 1) * every
		}
		if t <= now {
			d.lag = max(d.lag, d.late[i])
			continue
		}
		if best == 0 || t < best {
			best = t
		}
		d.at[kept], d.every[kept], d.late[kept] = t, every, d.late[i]
		kept++
	}
	d.n = kept
	d.firstIsTimeout = false
	for i := range kept {
		if d.every[i] == timeout && d.at[i]-best < int64(slowStep) {
			d.firstIsTimeout = true
		}
	}
	return best
}

// longest is how long it takes until what is set has come. The next deadline may be
// of a timer that was stopped, and a goroutine may sleep for longer.
//
//go:norace
func (d *deadlines) longest() time.Duration {
	latest := max(d.next(), d.last)
	return time.Duration(min(max(0, latest-instant()), math.MaxInt64-int64(horizon)))
}

//go:norace
func (d *deadlines) add(t, every, late int64) {
	d.last = max(d.last, t)
	if d.n == len(d.at) {
		d.next()
	}
	if d.n < len(d.at) {
		d.at[d.n], d.every[d.n], d.late[d.n] = t, every, late
		d.n++
	}
}

// taken reports whether a timer is due when one would be that is due at t, and from then on
// in each period of every nanoseconds if that is not 0.
//
//go:norace
func (d *deadlines) taken(t, every int64) bool {
	for i := 0; i < d.n; i++ {
		if d.every[i] >= 0 && meet(d.at[i], d.every[i], t, every) {
			return true
		}
	}
	return false
}

// meet reports whether two timers are ever due at the same instant. Tickers whose periods
// have little in common are not looked at beyond their next ticks: they meet rarely.
//
//go:norace
func meet(a, everyA, b, everyB int64) bool {
	switch {
	case everyA == 0 && everyB == 0:
		return a == b
	case everyA == 0:
		return a >= b && (a-b)%everyB == 0
	case everyB == 0:
		return b >= a && (b-a)%everyA == 0
	}
	common := gcd(everyA, everyB)
	return a == b || common >= int64(shortestPeriod) && (a-b)%common == 0
}

//go:norace
func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// shortestPeriod is that of a ticker: on a real machine, too, one of a nanosecond ticks
// no more often than a goroutine can look. It is far more than as many nanoseconds as there
// are deadlines, so that a free instant is always found.
const shortestPeriod = 10 * time.Microsecond

// period is Deadline of a ticker.
//
//go:norace
func period(d time.Duration) time.Duration {
	if at() == nil || d <= 0 {
		return d
	}
	d = max(d, shortestPeriod)
	return Deadline(d, d)
}

// never is a duration that no machine stalls for. Code asks for the longest there is where it
// wants no limit.
const never = 100 * 365 * 24 * time.Hour

// Deadline notes that a timer of duration d is set, and returns d, longer by so
// many nanoseconds that no two timers are due at the same instant: the runtime
// fires those in random order. every is a ticker's period, or 0. A timer that fires once
// does so when as much time has passed of that which is told.
//
//go:norace
func Deadline(d, every time.Duration) time.Duration {
	c := at()
	if c == nil || d <= 0 {
		return d
	}
	c.touched |= search.Look
	if d >= never {
		return d
	}
	if every == 0 && c.still == 0 {
		d += ahead()
	}
	asked := instant() + int64(d)
	t := asked
	for c.timers.taken(t, int64(every)) {
		c.touched |= search.Clock // the goroutine that comes first has the earlier one
		t++
	}
	late := int64(0)
	if c.still > 0 { // elsewhere the time that is told is ahead by far more
		late = c.timers.lag + t - asked
	}
	c.addDeadline(t, int64(every), late)
	return d + time.Duration(t-asked)
}

// addDeadline adds a deadline. If it is the next one, the steps that may pass until time
// has to are counted from now on.
//
//go:norace
func (c *Controller) addDeadline(t, every, late int64) {
	if next := c.timers.next(); next == 0 || t < next {
		c.timeAt = c.steps
	}
	c.timers.add(t, every, late)
}

// sleepDeadline notes a sleep. Sleepers park when they wake, so their order is
// the controller's.
//
//go:norace
func sleepDeadline(d time.Duration) {
	if c := at(); c != nil {
		c.addDeadline(instant()+int64(d), sleeping, 0)
	}
}
