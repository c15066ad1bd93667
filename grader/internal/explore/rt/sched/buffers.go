package sched

import (
	"unsafe"

	"heisenkata/grader/internal/explore/rt/wire"
)

// In detail, channels are followed: whenever every goroutine is at rest, those whose buffers
// hold more or less than before are noted with the last step. As with values, arrays are used
// since the race detector would see an append.

// buffer is a channel that is followed.
type buffer struct {
	ch    unsafe.Pointer
	noted bool
	len   int // as last noted
}

// level is how much a channel's buffer held after a step.
type level struct {
	step     int32
	ch       uintptr
	len, cap int
}

var (
	buffers [64]buffer  // of the schedule that runs, the first ones if they are many
	levels  [8192]level // likewise
)

// follow makes a channel one of those that are followed.
//
//go:norace
func follow(ch unsafe.Pointer) {
	c := at()
	if c == nil || !c.detail || ch == nil || c.buffers == len(buffers) {
		return
	}
	for i := range c.buffers {
		if buffers[i].ch == ch {
			return
		}
	}
	buffers[c.buffers] = buffer{ch: ch}
	c.buffers++
}

// noteLevels notes with the last step what has changed.
//
//go:norace
func (c *Controller) noteLevels() {
	if c.quiet || len(c.steplog) == 0 {
		return
	}
	for i := range c.buffers {
		b := &buffers[i]
		ch := *(*chan struct{})(unsafe.Pointer(&b.ch)) // neither len nor cap asks for the elements
		if n := len(ch); (!b.noted || n != b.len) && c.levels < len(levels) {
			levels[c.levels] = level{int32(len(c.steplog) - 1), uintptr(b.ch), n, cap(ch)}
			c.levels++
			b.noted, b.len = true, n
		}
	}
}

// unfollow lets go of the channels of a schedule that has ended.
//
//go:norace
func (c *Controller) unfollow() {
	for i := range c.buffers {
		buffers[i].ch = nil
	}
}

// tellBuffers adds to each step which channels a select took, and how much buffers hold. at is
// the number in steps of each one that was recorded.
func (c *Controller) tellBuffers(steps []wire.Step, at []int, number func(uintptr) int) {
	for i := range c.steplog {
		steps[at[i]].Chosen = number(c.steplog[i].chosen)
	}
	for _, l := range levels[:c.levels] {
		s := &steps[at[l.step]]
		s.Buffers = append(s.Buffers, wire.Buffer{Obj: number(l.ch), Len: l.len, Cap: l.cap})
	}
}
