package sched

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

const (
	controllerStack = "goroutine 9 [synctest.Wait, synctest bubble 3]:\nheisenkata.explore/sched.(*Controller).loop(0xc000)\n\t/x/sched/controller.go:40 +0x1\n"
	parkedStack     = "goroutine 11 [chan receive (durable), synctest bubble 3]:\nheisenkata.explore/sched.Park(0x1)\n\t/x/sched/point.go:40 +0x1\nmain.f()\n\t/home/me/f.go:3 +0x2\n"
	readingStack    = "goroutine 12 [IO wait, synctest bubble 3]:\ninternal/poll.runtime_pollWait(0x1)\n\t/usr/local/go/src/runtime/netpoll.go:351 +0x1\nmain.serve(0x1)\n\t/home/me/serve.go:12 +0x2\n"
	busyStack       = "goroutine 13 [runnable, synctest bubble 3]:\nmain.spin(...)\n\t/home/me/spin.go:7\n"
	outsideStack    = "goroutine 1 [chan receive]:\ntesting.(*T).Run(0x1)\n\t/usr/local/go/src/testing/testing.go:1 +0x1\n"
)

// A schedule stands still because of the goroutine that works, or else of the
// one that waits for what no bubble knows.
func TestStalled(t *testing.T) {
	what, working := stalled(outsideStack + "\n" + controllerStack + "\n" + parkedStack)
	assert.Empty(t, what)
	assert.False(t, working)

	what, working = stalled(controllerStack + "\n" + parkedStack + "\n" + readingStack)
	assert.Contains(t, what, "(IO wait), at /home/me/serve.go:12")
	assert.False(t, working)

	what, working = stalled(readingStack + "\n" + busyStack)
	assert.Contains(t, what, "computes without coming to a point, at /home/me/spin.go:7")
	assert.True(t, working)
}
