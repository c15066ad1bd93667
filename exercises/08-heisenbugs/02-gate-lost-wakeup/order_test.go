package gatelostwakeup_test

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/08-heisenbugs/02-gate-lost-wakeup"
	"heisenkata/exercises/internal/oracle"
)

// A file is a flag that orders nothing, as a file on disk does not: the race detector
// does not see its accesses.
type file struct{ set bool }

//go:norace
//go:noinline
func (f *file) Load() bool { return f.set }

//go:norace
//go:noinline
func (f *file) Store(open bool) {
	f.set = open
	time.Sleep(100 * time.Microsecond) // a slow disk: others find the flag set
}

// What was done before Open is seen after Wait: it is the gate that orders the two, also
// for a Wait that comes when the flag is set already.
func TestGateOrdersWhatWasDone(t *testing.T) {
	for range 10 {
		flag := &file{}
		g := gatelostwakeup.New(flag)
		migrated := 0
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() {
				for !flag.Load() {
					runtime.Gosched()
				}
				g.Wait()
				assert.Equal(t, 100, migrated, "data was migrated, and then the gate was opened. After Wait it is read")
			})
		}
		oracle.Within(t, func() {
			migrated = 100
			g.Open()
			group.Wait()
		}, "the gate was opened while others called Wait, and one of the calls does not return")
	}
}
