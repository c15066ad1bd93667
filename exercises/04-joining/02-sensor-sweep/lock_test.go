package sensorsweep_test

import (
	"bytes"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/04-joining/02-sensor-sweep"
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
		lock = settled()
		assert.False(t, over.Load(), "the only sensor has not answered, and Sweep has returned")
		close(answer)
		sweeping.Wait()
	})
	return lock
}

// settled lets all other goroutines run until they wait, and tells whether one of
// them waits for a lock. It gives up on a goroutine that runs on and on.
func settled() (lock bool) {
	dump := make([]byte, 1<<16)
	for range 1000 {
		runtime.Gosched()
		stacks := bytes.Split(dump[:runtime.Stack(dump, true)], []byte("\n\n"))
		if stacks = stacks[1:]; in(stacks, "running") || in(stacks, "runnable") {
			continue
		}
		return in(stacks, "sync.Mutex") || in(stacks, "sync.RWMutex")
	}
	return false
}

// in tells whether a goroutine of a dump is in a state: "goroutine 7 [running]:".
func in(stacks [][]byte, state string) bool {
	for _, stack := range stacks {
		_, is, _ := bytes.Cut(stack, []byte(" ["))
		if bytes.HasPrefix(is, []byte(state)) {
			return true
		}
	}
	return false
}
