package oracle_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/internal/oracle"
)

// A goroutine that waits for a lock is blocked, in whatever way it waits.
func TestAllBlocked(t *testing.T) {
	var mu sync.RWMutex
	var group sync.WaitGroup
	arrived := 0
	mu.RLock()
	group.Go(func() {
		arrived++
		mu.Lock()
		defer mu.Unlock()
	})
	assert.True(t, oracle.AllBlocked(), "the only other goroutine waits for the lock")
	group.Go(func() {
		mu.RLock()
		defer mu.RUnlock()
	})
	assert.True(t, oracle.AllBlocked(), "the other goroutines wait for the lock")
	mu.RUnlock()
	group.Wait()
	assert.Equal(t, 1, arrived)
}

// When AllBlocked returns, a goroutine that has just been started has run as far as it can.
func TestAllBlockedLetsOthersRun(t *testing.T) {
	for range 100 {
		var started atomic.Bool
		wait := make(chan struct{})
		var group sync.WaitGroup
		group.Go(func() {
			started.Store(true)
			<-wait
		})
		assert.True(t, oracle.AllBlocked())
		assert.True(t, started.Load(), "the goroutine has not run")
		close(wait)
		group.Wait()
	}
}

func TestAllBlockedSeesAGoroutineThatSpins(t *testing.T) {
	var stop atomic.Bool
	var group sync.WaitGroup
	group.Go(func() {
		for !stop.Load() {
		}
	})
	assert.False(t, oracle.AllBlocked(), "a goroutine spins")
	stop.Store(true)
	group.Wait()
}
