package search

import (
	"sync"
	"sync/atomic"
	"testing"
)

// chain: goroutine i copies cell i-1 to cell i; only one order carries the token through.
func chain(t *testing.T, n int) {
	cells := make([]atomic.Int32, n+1)
	cells[0].Store(1)
	var wg sync.WaitGroup
	for i := n; i >= 1; i-- {
		wg.Go(func() { cells[i].Store(cells[i-1].Load()) })
	}
	wg.Wait()
	if cells[n].Load() == 1 {
		t.Error("carried through")
	}
}

func TestChain3(t *testing.T) { chain(t, 3) }
func TestChain5(t *testing.T) { chain(t, 5) }

// TestChainLocks5 is the same with locks.
func TestChainLocks5(t *testing.T) {
	const n = 5
	var mu sync.Mutex
	cells := [n + 1]int{1}
	var wg sync.WaitGroup
	for i := n; i >= 1; i-- {
		wg.Go(func() { mu.Lock(); defer mu.Unlock(); cells[i] = cells[i-1] })
	}
	wg.Wait()
	if cells[n] == 1 {
		t.Error("carried through")
	}
}

// Lamport's bakery without the flag that says that a number is being chosen.
func TestBakery(t *testing.T) {
	const n = 2
	var num [n]atomic.Int32
	var in atomic.Int32
	var bad atomic.Bool
	lock := func(i int) {
		m := int32(0)
		for j := range n {
			m = max(m, num[j].Load())
		}
		num[i].Store(m + 1)
		for j := range n {
			if j == i {
				continue
			}
			for {
				x := num[j].Load()
				if x == 0 || x > num[i].Load() || x == num[i].Load() && j > i {
					break
				}
			}
		}
	}
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			lock(i)
			if in.Add(1) > 1 {
				bad.Store(true)
			}
			in.Add(-1)
			num[i].Store(0)
		})
	}
	wg.Wait()
	if bad.Load() {
		t.Error("two inside")
	}
}

// A reader loads the pointer, and the old value is freed before it registers.
func TestEarlyFree(t *testing.T) {
	type node struct{ freed atomic.Bool }
	var cur atomic.Pointer[node]
	var readers atomic.Int32
	cur.Store(&node{})
	var bad atomic.Bool
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for range 2 {
				n := cur.Load()
				readers.Add(1)
				if n.freed.Load() {
					bad.Store(true)
				}
				readers.Add(-1)
			}
		})
	}
	wg.Go(func() {
		for range 2 {
			old := cur.Swap(&node{})
			if readers.Load() == 0 {
				old.freed.Store(true)
			}
		}
	})
	wg.Wait()
	if bad.Load() {
		t.Error("freed under a reader")
	}
}

// A lock for readers and writers, made by hand: a turnstile is left open a step too early.
func TestTurnstile(t *testing.T) {
	var turn, room sync.Mutex
	var rmu sync.Mutex
	readers := 0
	var x, y atomic.Int32
	var bad atomic.Bool
	read := func() {
		turn.Lock()
		turn.Unlock()
		rmu.Lock()
		readers++
		first := readers == 1
		rmu.Unlock()
		if first {
			room.Lock()
		}
		if x.Load() != y.Load() {
			bad.Store(true)
		}
		rmu.Lock()
		readers--
		last := readers == 0
		rmu.Unlock()
		if last {
			room.Unlock()
		}
	}
	write := func() {
		turn.Lock()
		room.Lock()
		x.Add(1)
		y.Add(1)
		room.Unlock()
		turn.Unlock()
	}
	var wg sync.WaitGroup
	wg.Go(read)
	wg.Go(write)
	wg.Go(read)
	wg.Wait()
	if bad.Load() {
		t.Error("half")
	}
}

// Michael and Scott's queue, whose head is stored where it should be compared and swapped.
type qn struct {
	v    int
	next atomic.Pointer[qn]
}
type msq struct{ head, tail atomic.Pointer[qn] }

func (q *msq) put(v int) {
	n := &qn{v: v}
	for {
		t := q.tail.Load()
		if t.next.CompareAndSwap(nil, n) {
			q.tail.CompareAndSwap(t, n)
			return
		}
		q.tail.CompareAndSwap(t, t.next.Load())
	}
}
func (q *msq) get() (int, bool) {
	for {
		h := q.head.Load()
		n := h.next.Load()
		if n == nil {
			return 0, false
		}
		q.head.Store(n) // should be a CAS
		return n.v, true
	}
}
func TestQueueTwice(t *testing.T) {
	q := &msq{}
	d := &qn{}
	q.head.Store(d)
	q.tail.Store(d)
	var wg sync.WaitGroup
	var sum atomic.Int32
	for i := range 2 {
		wg.Go(func() { q.put(1 << i) })
	}
	for range 2 {
		wg.Go(func() { v, _ := q.get(); sum.Add(int32(v)) })
	}
	wg.Wait()
	for {
		v, ok := q.get()
		if !ok {
			break
		}
		sum.Add(int32(v))
	}
	if sum.Load() != 3 {
		t.Error("sum")
	}
}

// One goroutine looks twice while six leave: after the first, and again after the fifth.
func TestLatchMiddle(t *testing.T) {
	const n = 6
	var left atomic.Int32
	left.Store(n)
	var seen atomic.Int32
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() { left.Add(-1) })
	}
	wg.Go(func() {
		a := left.Load()
		b := left.Load()
		if a == 5 && b == 1 {
			seen.Store(1)
		}
	})
	wg.Wait()
	if seen.Load() == 1 {
		t.Error("five and one")
	}
}

// Each of four goroutines moves money to the next account, and an observer reads one account after another.
func TestObserver(t *testing.T) {
	const k = 4
	var acc [k]atomic.Int32
	for i := range k {
		acc[i].Store(10)
	}
	var wg sync.WaitGroup
	for i := range k {
		wg.Go(func() { acc[i].Add(-1); acc[(i+1)%k].Add(1) })
	}
	var low int32
	wg.Go(func() {
		for i := range k {
			low += acc[i].Load()
		}
	})
	wg.Wait()
	if low <= 10*k-3 {
		t.Error("three missing at once")
	}
}

// Three nested flags are set and cleared, and seen in each of their states.
func TestLayers(t *testing.T) {
	var a, b, c atomic.Bool
	var wg sync.WaitGroup
	bad := false
	wg.Go(func() {
		a.Store(true)
		b.Store(true)
		c.Store(true)
		c.Store(false)
		b.Store(false)
		a.Store(false)
	})
	wg.Go(func() {
		if a.Load() {
			if b.Load() {
				if c.Load() {
					if !c.Load() {
						if !b.Load() {
							if a.Load() {
								bad = true
							}
						}
					}
				}
			}
		}
	})
	wg.Wait()
	if bad {
		t.Error("through all layers")
	}
}
