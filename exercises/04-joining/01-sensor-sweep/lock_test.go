package sensorsweep_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/04-joining/01-sensor-sweep"
	"heisenkata/exercises/internal/oracle"
)

// waitsForALock tells whether Sweep waits for a lock that a slow sensor's goroutine
// unlocks. That is as right as any other way, but in a bubble no time passes
// meanwhile, so no sensor may sleep there.
func waitsForALock(t *testing.T) (lock bool) {
	t.Helper()
	bubble(t, func(t *testing.T) {
		answer := make(chan struct{})
		var over atomic.Bool
		var sweeping sync.WaitGroup
		sweeping.Go(func() {
			defer over.Store(true)
			sensorsweep.Sweep([]sensorsweep.Sensor{func() (float64, error) {
				<-answer
				return 0, nil
			}})
		})
		lock = oracle.Settled()
		assert.False(t, over.Load(), "the only sensor has not answered, and Sweep has returned")
		close(answer)
		sweeping.Wait()
	})
	return lock
}
