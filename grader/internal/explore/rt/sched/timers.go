package sched

import (
	"context"
	"fmt"
	"runtime"
	"time"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/search"
)

// Sleep stands for time.Sleep.
func Sleep(d time.Duration) {
	if !Active() {
		time.Sleep(d)
		return
	}
	Park(OpSleep, 0, nil, nil, 0)
	if d <= 0 {
		return
	}
	sleepDeadline(d)
	Blocked(OpSleep, 0, nil)
	time.Sleep(d)
	After(0, nil)
}

// Now stands for time.Now. Two calls never give the same time, as on a real
// machine, but in a bubble of the test's own, where time is exact.
//
//go:norace
func Now() time.Time {
	c := at()
	if c == nil {
		return time.Now()
	}
	if c.still > 0 {
		return time.Now().Add(ahead())
	}
	c.looks++
	c.glances++
	c.touched |= search.Clock // the next one gets a later time
	c.ahead += lookTime(c.looks)
	if c.glances > maxGlances && c.timers.next() == 0 { // or a loop that waits for its time would have no end
		c.ahead += slowLook
	}
	return time.Now().Add(c.ahead)
}

// ahead is by how much the time that is told is ahead of the bubble's clock. In a bubble
// of the test's own it is behind, by as much as a timer had to be late that none is due at
// the same instant.
//
//go:norace
func ahead() time.Duration {
	c := at()
	if c == nil {
		return 0
	}
	if c.still > 0 {
		c.timers.next()
		return time.Duration(-c.timers.lag)
	}
	if c.ahead == 0 {
		return 0
	}
	c.touched |= search.Clock
	return c.ahead
}

// lookTime is how long the nth look at the clock takes: as long as one takes on real machines,
// where no two take the same time.
//
//go:norace
func lookTime(n int) time.Duration { return time.Duration(35 + Mix(uint64(n))%40) }

// Since and Until stand for time.Since and time.Until.
func Since(t time.Time) time.Duration { return Now().Sub(t) }
func Until(t time.Time) time.Duration { return t.Sub(Now()) }

// Clock, Nanotime and Walltime stand for time.now, runtime.nanotime and runtime.walltime.
func Clock() (sec int64, nsec int32, mono int64) {
	now := Now()
	return now.Unix(), int32(now.Nanosecond()), now.UnixNano()
}

func Nanotime() int64 { return Now().UnixNano() }

func Walltime() (sec int64, nsec int32) {
	now := Now()
	return now.Unix(), int32(now.Nanosecond())
}

// TimeAfter and those below stand for time's functions that set a timer.
func TimeAfter(d time.Duration) <-chan time.Time { return time.After(Deadline(d, 0)) }
func NewTimer(d time.Duration) *time.Timer       { return time.NewTimer(Deadline(d, 0)) }
func NewTicker(d time.Duration) *time.Ticker     { return time.NewTicker(period(d)) }
func Tick(d time.Duration) <-chan time.Time      { return time.Tick(period(d)) } //nolint

// AfterFunc stands for time.AfterFunc.
func AfterFunc(d time.Duration, f func()) *time.Timer {
	c := at()
	if c == nil {
		return time.AfterFunc(d, f)
	}
	by := c.calledBy()
	return time.AfterFunc(Deadline(d, 0), func() { c.runAdopted(f, by) })
}

// ResetTimer stands for (*time.Timer).Reset, StopTimer for Stop: points, since
// their order against the timer's firing matters.
func ResetTimer(t *time.Timer, d time.Duration) bool {
	Park(OpTimer, 0, nil, nil, 0)
	touch(search.Clock)
	return t.Reset(Deadline(d, 0))
}

// StopTimer stands for (*time.Timer).Stop.
func StopTimer(t *time.Timer) bool {
	Park(OpTimer, 0, nil, nil, 0)
	touch(search.Clock)
	return t.Stop()
}

// ResetTicker stands for (*time.Ticker).Reset.
func ResetTicker(t *time.Ticker, d time.Duration) { t.Reset(period(d)) }

// calledBy is the stack of the caller's caller, of a schedule that is shown.
//
//go:norace
func (c *Controller) calledBy() []uintptr {
	if !c.detail {
		return nil
	}
	var pcs [maxFrames]uintptr
	return pcs[:runtime.Callers(3, pcs[:])]
}

// runAdopted runs f, on a goroutine that the runtime started, under control.
//
//go:norace
func (c *Controller) runAdopted(f func(), setBy []uintptr) {
	if at() != c {
		f()
		return
	}
	Off()
	g := c.register()
	g.setBy = setBy
	On()
	c.run(g, 0, f)
}

// WithTimeout and those below stand for context's functions that set a timer.
func WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return WithDeadline(ctx, Now().Add(d))
}

// WithTimeoutCause stands for context.WithTimeoutCause.
func WithTimeoutCause(ctx context.Context, d time.Duration, cause error) (context.Context, context.CancelFunc) {
	return WithDeadlineCause(ctx, Now().Add(d), cause)
}

// WithDeadline stands for context.WithDeadline.
func WithDeadline(ctx context.Context, t time.Time) (context.Context, context.CancelFunc) {
	return WithDeadlineCause(ctx, t, nil)
}

// WithDeadlineCause stands for context.WithDeadlineCause.
func WithDeadlineCause(ctx context.Context, t time.Time, cause error) (context.Context, context.CancelFunc) {
	if !t.After(Now()) { // it has passed before a timer is set
		return context.WithDeadlineCause(ctx, t.Add(-ahead()), cause)
	}
	due := due(t)
	ctx, cancel := context.WithDeadlineCause(ctx, due, cause)
	if at, ok := ctx.Deadline(); ok && at.Equal(due) && due != t {
		ctx = deadline{ctx, t}
	}
	return ctx, cancel
}

// deadline is a context that tells the deadline that was asked for. The one that it has may
// be a little later.
type deadline struct {
	context.Context
	at time.Time
}

func (d deadline) Deadline() (time.Time, bool) { return d.at, true }

func (d deadline) String() string { return fmt.Sprint(d.Context) }

// due is when a timer goes off that is to go off at t.
func due(t time.Time) time.Time {
	until := t.Sub(unix.Add(time.Duration(instant())))
	return t.Add(Deadline(until-ahead(), 0) - until)
}

// ContextAfterFunc stands for context.AfterFunc.
func ContextAfterFunc(ctx context.Context, f func()) (stop func() bool) {
	c := at()
	if c == nil {
		return context.AfterFunc(ctx, f)
	}
	by := c.calledBy()
	return context.AfterFunc(ctx, func() { c.runAdopted(f, by) })
}

// contexts stands for the state of all contexts, which one call of cancel may change.
var contexts byte

// ContextErr stands for the method Err of a context.
func ContextErr(ctx context.Context) error {
	Park(OpErr, 0, unsafe.Pointer(&contexts), nil, 0)
	return Returned("Err", ctx.Err())
}

// ContextCause stands for context.Cause.
func ContextCause(ctx context.Context) error {
	Park(OpErr, 0, unsafe.Pointer(&contexts), nil, 0)
	return Returned("Cause", context.Cause(ctx))
}

// CancelAt is cancel with a point before it.
func CancelAt(site uint32, cancel context.CancelFunc) context.CancelFunc {
	return func() {
		Park(OpCancel, site, nil, nil, 0)
		cancel()
	}
}

// CancelCauseAt is cancel with a point before it.
func CancelCauseAt(site uint32, cancel context.CancelCauseFunc) context.CancelCauseFunc {
	return func(cause error) {
		Park(OpCancel, site, nil, nil, 0)
		cancel(cause)
	}
}
