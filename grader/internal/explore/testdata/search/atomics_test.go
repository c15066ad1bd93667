package search

import (
	"sync"
	"sync/atomic"
	"testing"
)

// A driver is stopped while a request has passed the check and not yet counted.
func TestBluetooth(t *testing.T) {
	var pending atomic.Int32
	var stopping, stopped atomic.Bool
	pending.Store(1)
	leave := func() {
		if pending.Add(-1) == 0 {
			stopped.Store(true)
		}
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		if stopping.Load() {
			return
		}
		pending.Add(1)
		if stopped.Load() {
			t.Error("at work after the end")
		}
		leave()
	})
	wg.Go(func() { stopping.Store(true); leave() })
	wg.Wait()
}

// A stack without locks: an element that is taken off and put back fools the one
// that has seen it before.
func TestABA(t *testing.T) {
	const none = -1
	var head atomic.Int32
	var next [3]atomic.Int32
	next[0].Store(1)
	next[1].Store(2)
	next[2].Store(none)
	var taken [3]atomic.Int32
	pop := func() int32 {
		for {
			h := head.Load()
			if h == none {
				return none
			}
			if head.CompareAndSwap(h, next[h].Load()) {
				taken[h].Add(1)
				return h
			}
		}
	}
	push := func(i int32) {
		taken[i].Add(-1)
		for {
			h := head.Load()
			next[i].Store(h)
			if head.CompareAndSwap(h, i) {
				return
			}
		}
	}
	var wg sync.WaitGroup
	wg.Go(func() { pop() })
	wg.Go(func() {
		a, b := pop(), pop()
		if a != none && b != none {
			push(a)
		}
	})
	wg.Wait()
	for h := head.Load(); h != none; h = next[h].Load() {
		if taken[h].Load() > 0 {
			t.Errorf("%d is taken and on the stack", h)
			return
		}
	}
}

// Two thieves and an owner at a queue with two ends.
func TestWorkStealing(t *testing.T) {
	var top, bottom atomic.Int32
	bottom.Store(2)
	var got [2]atomic.Int32
	steal := func() {
		h := top.Load()
		if h < bottom.Load() {
			got[h].Add(1)
			top.CompareAndSwap(h, h+1)
		}
	}
	take := func() {
		b := bottom.Add(-1)
		if top.Load() <= b {
			got[b].Add(1)
		}
	}
	var wg sync.WaitGroup
	wg.Go(func() { take(); take() })
	wg.Go(steal)
	wg.Wait()
	for i := range got {
		if got[i].Load() > 1 {
			t.Errorf("%d was taken twice", i)
		}
	}
}

// Peterson's lock with the turn given before the flag is raised.
func TestPeterson(t *testing.T) {
	var flag [2]atomic.Bool
	var turn, inside atomic.Int32
	together(2, func(i int) {
		turn.Store(int32(1 - i))
		flag[i].Store(true)
		for range 3 {
			if !flag[1-i].Load() || turn.Load() == int32(i) {
				if inside.Add(1) > 1 {
					t.Error("both are inside")
				}
				inside.Add(-1)
				break
			}
		}
		flag[i].Store(false)
	})
}

// Two make the one instance.
func TestSingleton(t *testing.T) {
	var instance atomic.Pointer[int]
	made := make([]*int, 3)
	together(3, func(i int) {
		if instance.Load() == nil {
			instance.Store(&i)
		}
		made[i] = instance.Load()
	})
	for _, m := range made[1:] {
		if m != made[0] {
			t.Error("two instances")
			return
		}
	}
}

// A counter that goes through zero: the last one out closes, and so does another.
func TestRefCount(t *testing.T) {
	var refs, closed atomic.Int32
	refs.Store(1)
	release := func() {
		if refs.Add(-1) == 0 {
			closed.Add(1)
		}
	}
	var wg sync.WaitGroup
	wg.Go(release)
	for range 2 {
		wg.Go(func() {
			if refs.Load() > 0 {
				refs.Add(1)
				release()
			}
		})
	}
	wg.Wait()
	if closed.Load() > 1 {
		t.Error("closed twice")
	}
}

// A sequence lock whose reader does not look at the sequence again.
func TestSequence(t *testing.T) {
	var sequence, a, b atomic.Int32
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 3 {
			sequence.Add(1)
			a.Add(1)
			b.Add(1)
			sequence.Add(1)
		}
	})
	wg.Go(func() {
		if sequence.Load()%2 != 0 {
			return
		}
		if x, y := a.Load(), b.Load(); x != y {
			t.Errorf("torn: %d, %d", x, y)
		}
	})
	wg.Wait()
}

// Twenty goroutines wait for nothing, one publishes too early.
func TestCrowd(t *testing.T) {
	var noise [20]atomic.Int32
	var ready, value atomic.Int32
	var wg sync.WaitGroup
	for i := range noise {
		wg.Go(func() {
			for range 5 {
				noise[i].Add(1)
			}
		})
	}
	wg.Go(func() { ready.Store(1); value.Store(1) })
	wg.Go(func() {
		if ready.Load() == 1 && value.Load() == 0 {
			t.Error("published too early")
		}
	})
	wg.Wait()
}
