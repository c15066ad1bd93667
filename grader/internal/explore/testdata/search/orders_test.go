package search

import (
	"sync"
	"sync/atomic"
	"testing"
)

// together runs n goroutines to their end.
func together(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			f(i)
		}()
	}
	wg.Wait()
}

// reorder: n-1 setters store a and then b, one checker must not see half of it.
func reorder(t *testing.T, n int) {
	var a, b atomic.Int32
	var wg sync.WaitGroup
	for range n - 1 {
		wg.Go(func() {
			a.Store(1)
			b.Store(-1)
		})
	}
	wg.Go(func() {
		x, y := a.Load(), b.Load()
		if !(x == 0 && y == 0 || x == 1 && y == -1) {
			t.Errorf("half is set: %d, %d", x, y)
		}
	})
	wg.Wait()
}

func TestReorder3(t *testing.T)   { reorder(t, 3) }
func TestReorder5(t *testing.T)   { reorder(t, 5) }
func TestReorder10(t *testing.T)  { reorder(t, 10) }
func TestReorder20(t *testing.T)  { reorder(t, 20) }
func TestReorder50(t *testing.T)  { reorder(t, 50) }
func TestReorder100(t *testing.T) { reorder(t, 100) }

// twoStage: n-1 goroutines store under one lock and then under another; a reader
// must not find the first without the second.
func twoStage(t *testing.T, n int) {
	var first, second sync.Mutex
	var one, two int
	var wg sync.WaitGroup
	for range n - 1 {
		wg.Go(func() {
			first.Lock()
			one = 1
			mine := one
			first.Unlock()
			second.Lock()
			two = mine + 1
			second.Unlock()
		})
	}
	wg.Go(func() {
		first.Lock()
		seen := one
		first.Unlock()
		if seen == 0 {
			return
		}
		second.Lock()
		got := two
		second.Unlock()
		if got != seen+1 {
			t.Errorf("the second stage is missing: %d", got)
		}
	})
	wg.Wait()
}

func TestTwoStage5(t *testing.T)   { twoStage(t, 5) }
func TestTwoStage20(t *testing.T)  { twoStage(t, 20) }
func TestTwoStage100(t *testing.T) { twoStage(t, 100) }

// account: a deposit and a withdrawal read and write apart; a third party looks.
func TestAccount(t *testing.T) {
	var mu sync.Mutex
	balance := 10
	get := func() int { mu.Lock(); defer mu.Unlock(); return balance }
	set := func(n int) { mu.Lock(); defer mu.Unlock(); balance = n }
	var deposited, withdrawn atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		n := get()
		set(n + 5)
		deposited.Store(true)
	})
	wg.Go(func() {
		n := get()
		set(n - 3)
		withdrawn.Store(true)
	})
	wg.Go(func() {
		if deposited.Load() && withdrawn.Load() {
			if n := get(); n != 12 {
				t.Errorf("balance %d, want 12", n)
			}
		}
	})
	wg.Wait()
}

// A message and its flag: the flag is set before the message, a relay between them.
func TestRelay(t *testing.T) {
	var x, y, z atomic.Int32
	var wg sync.WaitGroup
	wg.Go(func() { x.Store(1); x.Store(2) })
	wg.Go(func() {
		if x.Load() == 1 {
			y.Store(1)
			y.Store(2)
		}
	})
	wg.Go(func() {
		if y.Load() == 1 && z.Load() == 0 {
			t.Error("the relay was seen at work")
		}
	})
	wg.Go(func() { z.Store(1) })
	wg.Wait()
}

// Three steps of one goroutine have to fall between three of another.
func TestZip(t *testing.T) {
	var a, b atomic.Int32
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range int32(3) {
			a.Store(i + 1)
			if b.Load() != i {
				return
			}
		}
		if a.Load() == 3 && b.Load() == 3 {
			t.Error("step by step")
		}
	})
	wg.Go(func() {
		for i := range int32(3) {
			if a.Load() != i+1 {
				return
			}
			b.Store(i + 1)
		}
	})
	wg.Wait()
}

// Fibonacci by two goroutines: the highest sum needs strict turns.
func fibonacci(t *testing.T, n int, limit int32) {
	var i, j atomic.Int32
	i.Store(1)
	j.Store(1)
	var wg sync.WaitGroup
	wg.Go(func() {
		for range n {
			i.Store(i.Load() + j.Load())
		}
	})
	wg.Go(func() {
		for range n {
			j.Store(j.Load() + i.Load())
		}
	})
	wg.Wait()
	if i.Load() >= limit || j.Load() >= limit {
		t.Errorf("%d, %d", i.Load(), j.Load())
	}
}

func TestFibonacci2(t *testing.T) { fibonacci(t, 2, 8) }
func TestFibonacci3(t *testing.T) { fibonacci(t, 3, 21) }

// lastZero: one looks for the last zero while the others count up from the left.
func TestLastZero(t *testing.T) {
	const n = 6
	var cells [n + 1]atomic.Int32
	var wg sync.WaitGroup
	for i := 1; i <= n; i++ {
		wg.Go(func() { cells[i].Store(cells[i-1].Load() + 1) })
	}
	wg.Go(func() {
		i := n
		for cells[i].Load() != 0 {
			i--
		}
		if i == n-2 {
			t.Error("the last two were quick")
		}
	})
	wg.Wait()
}
