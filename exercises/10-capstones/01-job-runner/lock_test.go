package jobrunner_test

import (
	"sync"
	"testing"
	"testing/synctest"

	"heisenkata/exercises/internal/oracle"
)

// stopsWaitForALock reports whether, of some calls of Stop at the same time, one waits for a
// lock or a sync.Once that another one holds. That is as right as any other way, but
// in a bubble no time passes meanwhile, and synctest.Wait does not return.
func stopsWaitForALock(t *testing.T) (lock bool) {
	t.Helper()
	bubble(t, func(t *testing.T) {
		s := start(t, options{Workers: 1, Limit: 1})
		s.submit(t, s.gated("slow"))
		synctest.Wait()
		var stops sync.WaitGroup
		for range 3 {
			stops.Go(s.Stop)
		}
		lock = oracle.Settled()
		s.open()
		stops.Wait()
	})
	return lock
}

// settling returns what lets all other goroutines run until they are blocked: synctest.Wait,
// or, if one of them may wait for a lock, something slower.
func settling(lock bool) func() {
	if lock {
		return func() { oracle.Settled() }
	}
	return synctest.Wait
}
