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
	n     int
	last  int64 // the latest of all that were set

	firstIsTimeout bool // of what next has returned
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
	now := time.Now().UnixNano()
	best, kept := int64(0), 0
	d.firstIsTimeout = false
	for i := 0; i < d.n; i++ {
		t, every := d.at[i], d.every[i]
		if t <= now && every > 0 {
			t += ((now-t)/every + 1) * every
		}
		if t <= now {
			continue
		}
		if best == 0 || t < best {
			best, d.firstIsTimeout = t, every == timeout
		}
		d.at[kept], d.every[kept] = t, every
		kept++
	}
	d.n = kept
	return best
}

// longest is how long it takes until what is set has come. The next deadline may be
// of a timer that was stopped, and a goroutine may sleep for longer.
//
//go:norace
func (d *deadlines) longest() time.Duration {
	latest := max(d.next(), d.last)
	return time.Duration(min(max(0, latest-time.Now().UnixNano()), math.MaxInt64-int64(horizon)))
}

//go:norace
func (d *deadlines) add(t, every int64) {
	d.last = max(d.last, t)
	if d.n == len(d.at) {
		d.next()
	}
	if d.n < len(d.at) {
		d.at[d.n], d.every[d.n] = t, every
		d.n++
	}
}

// taken tells whether a timer is due at t.
//
//go:norace
func (d *deadlines) taken(t int64) bool {
	for i := 0; i < d.n; i++ {
		every := d.every[i]
		if every >= 0 && (d.at[i] == t || every > 0 && (t-d.at[i])%every == 0) {
			return true
		}
	}
	return false
}

// Deadline notes that a timer of duration d is set, and returns d, longer by so
// many nanoseconds that no two timers are due at the same instant: the runtime
// fires those in random order. every is a ticker's period, or 0.
//
//go:norace
func Deadline(d, every time.Duration) time.Duration {
	c := at()
	if c == nil || d <= 0 {
		return d
	}
	c.touched |= search.Look
	t := time.Now().UnixNano() + int64(d)
	for c.timers.taken(t) {
		c.touched |= search.Clock // the goroutine that comes first has the earlier one
		t++
		d++
	}
	c.timers.add(t, int64(every))
	return d
}

// sleepDeadline notes a sleep. Sleepers park when they wake, so their order is
// the controller's.
//
//go:norace
func sleepDeadline(d time.Duration) {
	if c := at(); c != nil {
		c.timers.add(time.Now().UnixNano()+int64(d), sleeping)
	}
}
