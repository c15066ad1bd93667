package oracle_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/internal/oracle"
)

func TestSettledSeesAWaitForALock(t *testing.T) {
	var mu sync.RWMutex
	var group sync.WaitGroup
	assert.False(t, oracle.Settled(), "no goroutine waits for a lock")
	mu.Lock()
	group.Go(func() {
		mu.RLock()
		defer mu.RUnlock()
	})
	assert.True(t, oracle.Settled(), "a goroutine waits for a lock")
	mu.Unlock()
	group.Wait()
}
