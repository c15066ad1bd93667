// finds: wrong

// Package aliases spends a budget, with renamed imports and function values; the broken one pauses between check and spending.
package aliases

import (
	locks "sync"
	. "sync/atomic"
	"testing"
	clock "time"
)

type (
	lock  = locks.Mutex
	group struct{ locks.WaitGroup }
	mark  Int32
)

var pause = clock.Sleep

type budget struct {
	lock
	left  Int64
	spent *mark
}

// spendLoose checks, pauses and spends; the pause is where the other one checks.
func (b *budget) spendLoose(n int64) bool {
	time, sync := b.left.Load(), clock.Duration(n)
	if time < n {
		return false
	}
	pause(sync * clock.Microsecond)
	b.left.Add(-n)
	(*Int32)(b.spent).Add(1)
	return true
}

// spend checks and spends under the lock, pause or not.
func (b *budget) spend(n int64) bool {
	unlock := func() { b.Unlock() }
	b.Lock()
	defer unlock()
	if b.left.Load() < n {
		return false
	}
	pause(clock.Duration(n) * clock.Microsecond)
	b.left.Add(-n)
	(*Int32)(b.spent).Add(1)
	return true
}

func run(t *testing.T, spend func(*budget, int64) bool) {
	b := &budget{spent: new(mark)}
	b.left.Store(5)
	var wg group
	for range 2 {
		wg.Go(func() { spend(b, 4) })
	}
	wg.Wait()
	if left, n := b.left.Load(), (*Int32)(b.spent).Load(); left != 1 || n != 1 {
		t.Errorf("spent %d times, %d left, want once and 1", n, left)
	}
}

func TestBug(t *testing.T)   { run(t, (*budget).spendLoose) }
func TestFixed(t *testing.T) { run(t, (*budget).spend) }
