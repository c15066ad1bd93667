package search_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore/rt/sched"
	"heisenkata/grader/internal/explore/rt/search"
	"heisenkata/grader/internal/explore/rt/vatomic"
	sync "heisenkata/grader/internal/explore/rt/vsync"
)

// all runs every schedule that differs, and counts them.
func all(t *testing.T, f func()) *search.Reduced {
	s := &search.Reduced{}
	for i := 0; s.Begin(i); i++ {
		r := sched.Run(t, s, sched.Options{}, f)
		s.End(r.Steps)
		require.Nil(t, r.Finding, "%+v", r.Finding)
		require.Less(t, i, 20_000)
	}
	assert.False(t, s.Lost)
	return s
}

func together(fs ...func()) {
	var wg sync.WaitGroup
	for _, f := range fs {
		wg.Add(1)
		sched.Go(1, func() {
			defer wg.Done()
			f()
		})
	}
	wg.Wait()
}

func times(n int, f func(i int)) func() {
	return func() {
		fs := make([]func(), n)
		for i := range fs {
			fs[i] = func() { f(i) }
		}
		together(fs...)
	}
}

// The numbers of different executions agree with the literature.
func TestReduced(t *testing.T) {
	readers := func(n int) func() {
		return func() {
			var x atomic.Int32
			fs := []func(){func() { x.Store(1) }}
			for range n {
				fs = append(fs, func() { x.Load() })
			}
			together(fs...)
		}
	}
	lastZero := func(n int) func() {
		return func() {
			cells := make([]atomic.Int32, n+1)
			fs := []func(){func() {
				for i := n; cells[i].Load() != 0; i-- {
				}
			}}
			for i := 1; i <= n; i++ {
				fs = append(fs, func() { cells[i].Store(cells[i-1].Load() + 1) })
			}
			together(fs...)
		}
	}
	for name, c := range map[string]struct {
		want int
		run  func()
	}{
		"objects of their own": {1, func() {
			var x [5]atomic.Int32
			times(5, func(i int) { x[i].Add(1); x[i].Add(1) })()
		}},
		"one lock, 3":              {6, func() { var mu sync.Mutex; times(3, func(int) { mu.Lock(); mu.Unlock() })() }},
		"one lock, 5":              {120, func() { var mu sync.Mutex; times(5, func(int) { mu.Lock(); mu.Unlock() })() }},
		"one atomic add, 5":        {120, func() { var x atomic.Int32; times(5, func(int) { x.Add(1) })() }},
		"readers(6)":               {64, readers(6)},
		"readers(8)":               {256, readers(8)},
		"lastzero(5)":              {64, lastZero(5)},
		"two readers of a RWMutex": {1, func() { var mu sync.RWMutex; times(2, func(int) { mu.RLock(); mu.RUnlock() })() }},
		"a lock under which numbers are drawn, twice each": {6, func() {
			var mu sync.Mutex
			var x [2]atomic.Int32
			draw := func(i int) { mu.Lock(); sched.Random(); x[i].Load(); sched.Random(); mu.Unlock() }
			times(2, func(i int) { draw(i); draw(i) })()
		}},
		"store buffering": {3, func() {
			var x, y atomic.Int32
			together(func() { x.Store(1); y.Load() }, func() { y.Store(1); x.Load() })
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := all(t, c.run)
			assert.Equal(t, c.want, s.Complete, "blocked %d", s.Blocked)
			t.Log(fmt.Sprint(s.Complete, " complete, ", s.Blocked, " blocked"))
		})
	}
}
