package gatelostwakeup_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/08-heisenbugs/02-gate-lost-wakeup"
	"heisenkata/exercises/internal/oracle"
)

// A file is a flag on a slow disk: others find it set before Store returns.
type file struct{ set atomic.Bool }

func (f *file) Load() bool { return f.set.Load() }

func (f *file) Store(open bool) {
	f.set.Store(open)
	time.Sleep(100 * time.Microsecond)
}

// What was done before Open is seen after Wait, also by a Wait that finds the flag set while
// Open is still under way.
func TestGateOrdersWhatWasDone(t *testing.T) {
	for range 10 {
		flag := &file{}
		g := gatelostwakeup.New(flag)
		migrated := 0
		var group sync.WaitGroup
		for _, looks := range []bool{true, true, false, false} {
			group.Go(func() {
				for looks && !flag.Load() {
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
