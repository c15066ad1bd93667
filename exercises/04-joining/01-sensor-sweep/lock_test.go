package sensorsweep_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/04-joining/01-sensor-sweep"
	"heisenkata/exercises/internal/oracle"
)

// waitsForALock reports whether Sweep waits for a lock that a slow sensor's goroutine
// unlocks. That is as right as any other way, but in a bubble no time passes
// meanwhile, so no sensor may sleep there. Which sensor is slow matters, if Sweep asks
// some of them itself.
func waitsForALock(t *testing.T) bool {
	t.Helper()
	for n := 1; n <= 4; n++ {
		for slow := range n {
			if lockWith(t, n, slow) {
				return true
			}
		}
	}
	return false
}

// lockWith has n sensors of which one is slow.
func lockWith(t *testing.T, n, slow int) (lock bool) {
	t.Helper()
	bubble(t, func(t *testing.T) {
		answer := make(chan struct{})
		sensors := make([]sensorsweep.Sensor, n)
		for i := range sensors {
			sensors[i] = func() (float64, error) {
				if i == slow {
					<-answer
				}
				return 0, nil
			}
		}
		var over atomic.Bool
		var sweeping sync.WaitGroup
		sweeping.Go(func() {
			defer over.Store(true)
			sensorsweep.Sweep(sensors)
		})
		lock = oracle.Settled()
		assert.False(t, over.Load(), "one of %d sensors has not answered, and Sweep has returned", n)
		close(answer)
		sweeping.Wait()
	})
	return lock
}
