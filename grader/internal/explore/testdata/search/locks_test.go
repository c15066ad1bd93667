package search

import (
	"sync"
	"sync/atomic"
	"testing"
)

// Two locks in two orders.
func TestTwoLocks(t *testing.T) {
	var a, b sync.Mutex
	var wg sync.WaitGroup
	wg.Go(func() { a.Lock(); b.Lock(); b.Unlock(); a.Unlock() })
	wg.Go(func() { b.Lock(); a.Lock(); a.Unlock(); b.Unlock() })
	wg.Wait()
}

// Philosophers take the left fork first, each of them.
func philosophers(n int) {
	forks := make([]sync.Mutex, n)
	together(n, func(i int) {
		forks[i].Lock()
		forks[(i+1)%n].Lock()
		forks[(i+1)%n].Unlock()
		forks[i].Unlock()
	})
}

func TestPhilosophers3(*testing.T) { philosophers(3) }
func TestPhilosophers5(*testing.T) { philosophers(5) }
func TestPhilosophers8(*testing.T) { philosophers(8) }

// Three goroutines add 1, 2 and 3 in critical sections of their own; the last one
// looks for a sum that only one order gives.
func TestLazy(t *testing.T) {
	var mu sync.Mutex
	sum := 0
	add := func(n int) { mu.Lock(); defer mu.Unlock(); sum += n }
	var wg sync.WaitGroup
	wg.Go(func() { add(1) })
	wg.Go(func() { add(2) })
	wg.Go(func() {
		mu.Lock()
		defer mu.Unlock()
		if sum >= 3 {
			t.Error("both were there before")
		}
	})
	wg.Wait()
}

// A buffer of text takes the length of another one, and then its text, which has
// become shorter meanwhile.
func TestStringBuffer(t *testing.T) {
	type buffer struct {
		mu   sync.Mutex
		text []byte
	}
	length := func(b *buffer) int { b.mu.Lock(); defer b.mu.Unlock(); return len(b.text) }
	take := func(b *buffer, n int) []byte { b.mu.Lock(); defer b.mu.Unlock(); return b.text[:n:n] }
	cut := func(b *buffer) { b.mu.Lock(); defer b.mu.Unlock(); b.text = b.text[:0:0] }
	from := &buffer{text: []byte("abc")}
	var wg sync.WaitGroup
	wg.Go(func() { n := length(from); take(from, n) })
	wg.Go(func() { cut(from) })
	wg.Wait()
}

// Readers lock the wrong lock.
func TestWrongLock(t *testing.T) {
	var data, other sync.Mutex
	var value atomic.Int32
	var wg sync.WaitGroup
	wg.Go(func() {
		data.Lock()
		defer data.Unlock()
		x := value.Load()
		value.Store(x + 1)
		if value.Load() != x+1 {
			t.Error("somebody else has written")
		}
	})
	for range 7 {
		wg.Go(func() {
			other.Lock()
			defer other.Unlock()
			value.Store(value.Load() + 1)
		})
	}
	wg.Wait()
}

// Checked under a read lock, done under a write lock.
func TestUpgrade(t *testing.T) {
	var mu sync.RWMutex
	made, have := 0, false
	together(2, func(int) {
		mu.RLock()
		ok := have
		mu.RUnlock()
		if ok {
			return
		}
		mu.Lock()
		have = true
		made++
		mu.Unlock()
	})
	if made != 1 {
		t.Errorf("made %d times", made)
	}
}

// A read lock is taken again while a writer waits.
func TestReadTwice(*testing.T) {
	var mu sync.RWMutex
	var wg sync.WaitGroup
	wg.Go(func() { mu.RLock(); mu.RLock(); mu.RUnlock(); mu.RUnlock() })
	wg.Go(func() { mu.Lock(); mu.Unlock() }) //nolint:staticcheck
	wg.Wait()
}

// A token goes round by three locks; who comes late finds it gone.
func TestTokenRing(t *testing.T) {
	var mu sync.Mutex
	x := [4]int{1, 0, 0, 0}
	together(4, func(i int) {
		mu.Lock()
		x[i] = x[(i+3)%4]
		mu.Unlock()
	})
	if x[0] == 0 && x[1] == 1 && x[2] == 1 && x[3] == 1 {
		t.Error("all in a row")
	}
}

// A lock for the count and one for the data, taken in either order by a swap.
func TestTransfer(*testing.T) {
	var accounts [3]sync.Mutex
	move := func(from, to int) {
		accounts[from].Lock()
		accounts[to].Lock()
		accounts[to].Unlock()
		accounts[from].Unlock()
	}
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() { move(i, (i+1)%3); move(i, (i+2)%3) })
	}
	wg.Wait()
}
