package sched

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/explore/rt/wire"
)

const (
	controllerStack = "goroutine 9 [synctest.Wait, synctest bubble 3]:\nheisenkata.explore/sched.(*Controller).loop(0xc000)\n\t/x/sched/controller.go:40 +0x1\n"
	parkedStack     = "goroutine 11 [chan receive (durable), synctest bubble 3]:\nheisenkata.explore/sched.Park(0x1)\n\t/x/sched/point.go:40 +0x1\nmain.f()\n\t/home/me/f.go:3 +0x2\n"
	readingStack    = "goroutine 12 [IO wait, synctest bubble 3]:\ninternal/poll.runtime_pollWait(0x1)\n\t/usr/local/go/src/runtime/netpoll.go:351 +0x1\nmain.serve(0x1)\n\t/home/me/serve.go:12 +0x2\n"
	busyStack       = "goroutine 13 [runnable, synctest bubble 3]:\nmain.spin(...)\n\t/home/me/spin.go:7\nmain.(*T).run(0x1, {0x2, 0x3})\n\t/home/me/run.go:9 +0x1f\ncreated by main.main in goroutine 1\n\t/home/me/main.go:3 +0x1\n"
	outsideStack    = "goroutine 1 [chan receive]:\ntesting.(*T).Run(0x1)\n\t/usr/local/go/src/testing/testing.go:1 +0x1\n"
)

// A schedule stands still because of the goroutine that works, or else of the
// one that waits for what no bubble knows.
func TestStalled(t *testing.T) {
	c := stalled(outsideStack + "\n" + controllerStack + "\n" + parkedStack)
	assert.Empty(t, c.id)
	assert.False(t, c.working)

	c = stalled(controllerStack + "\n" + parkedStack + "\n" + readingStack)
	assert.Contains(t, c.what(), "(IO wait), at /home/me/serve.go:12")
	assert.False(t, c.working)

	c = stalled(readingStack + "\n" + busyStack)
	assert.Contains(t, c.what(), "computes without coming to a point, at /home/me/spin.go:7")
	assert.True(t, c.working)
	assert.Equal(t, []wire.Frame{{Func: "main.spin", File: "/home/me/spin.go", Line: 7}, {Func: "main.(*T).run", File: "/home/me/run.go", Line: 9}}, c.frames)
}

// A goroutine that works counts for as long as it is the same one.
func TestStallIsOfOneGoroutine(t *testing.T) {
	var s stall
	spin := func(id string) culprit { return culprit{id: id, working: true, frames: []wire.Frame{{Line: 1}}} }
	for range 4 {
		s.see(spin("13"))
	}
	assert.Equal(t, 4, s.works)
	assert.Len(t, s.stacks, 4)
	s.see(spin("14"))
	assert.Equal(t, 1, s.works)
	assert.Len(t, s.stacks, 1)
	s.see(culprit{id: "14", state: "IO wait"})
	assert.Zero(t, s.works)
	assert.Equal(t, 1, s.waits)
	s.see(culprit{})
	assert.Zero(t, s.waits)
	assert.Equal(t, 7, s.looks)
}
