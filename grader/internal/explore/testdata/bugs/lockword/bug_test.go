// finds: wrong

// Package lockword claims a lease through one word; the broken claim reads and writes it in two steps.
package lockword

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

type lease struct{ word int32 }

// claimLoose writes what it has not compared.
func claimLoose(l *lease, id int32) bool {
	if atomic.LoadInt32(&l.word) != 0 {
		return false
	}
	atomic.StoreInt32(&l.word, id)
	return true
}

// claim compares and swaps.
func claim(l *lease, id int32) bool {
	return atomic.CompareAndSwapInt32(&l.word, 0, id)
}

func run(t *testing.T, claim func(*lease, int32) bool) {
	var l lease
	var inside, claims atomic.Int32
	var wg sync.WaitGroup
	for id := int32(1); id <= 2; id++ {
		wg.Go(func() {
			for try := range 3 {
				if !claim(&l, id) {
					runtime.Gosched()
					continue
				}
				if n := inside.Add(1); n > 1 {
					t.Errorf("%d holders after try %d", n, try)
				}
				claims.Add(1)
				inside.Add(-1)
				atomic.StoreInt32(&l.word, 0)
				break
			}
		})
	}
	wg.Wait()
	if claims.Load() == 0 {
		t.Error("nobody could claim the lease")
	}
}

func TestBug(t *testing.T)   { run(t, claimLoose) }
func TestFixed(t *testing.T) { run(t, claim) }
