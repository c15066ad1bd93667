package sync

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore/rt/sched"
	"heisenkata/grader/internal/explore/rt/search"
)

const schedules = 300

// explore runs f under n schedules and returns the first finding.
func explore(t *testing.T, n int, f func()) *sched.Finding {
	t.Helper()
	s := search.New(1)
	for i := range n {
		s.Begin(i)
		r := sched.Run(t, s, sched.Options{}, f)
		s.End(r.Steps)
		if r.Finding != nil {
			return r.Finding
		}
	}
	return nil
}

func TestCorrectProgramsPass(t *testing.T) {
	for name, f := range correct {
		t.Run(name, func(t *testing.T) { assert.Nil(t, explore(t, schedules, f)) })
	}
}

func TestFaultyProgramsAreFound(t *testing.T) {
	for name, p := range faulty {
		if sched.RaceOn && name == "reused wait group" {
			continue // which is a race first
		}
		t.Run(name, func(t *testing.T) {
			found := explore(t, schedules, p.f)
			require.NotNil(t, found)
			assert.Equal(t, p.kind, string(found.Kind))
			assert.Equal(t, p.text, found.Text)
		})
	}
}

// holders maps each goroutine that waits to the one it waits for.
func holders(f *sched.Finding) map[int]int {
	m := map[int]int{}
	for _, w := range f.Waiting {
		m[int(w.G)] = int(w.Holder)
	}
	return m
}

func TestDeadlockNamesHolders(t *testing.T) {
	found := explore(t, schedules, func() {
		var a, b Mutex
		take := func(first, second *Mutex) func() {
			return func() {
				first.Lock()
				second.Lock()
				second.Unlock()
				first.Unlock()
			}
		}
		together(take(&a, &b), take(&b, &a))
	})
	require.NotNil(t, found)
	assert.Equal(t, sched.Deadlock, found.Kind)
	assert.Equal(t, map[int]int{0: -1, 1: 2, 2: 1}, holders(found))
}

// A reader that locks again while a writer waits is locked out by it.
func TestWritersAreWaitedFor(t *testing.T) {
	found := explore(t, schedules, func() {
		var rw RWMutex
		together(func() {
			rw.RLock()
			rw.RLock()
			rw.RUnlock()
			rw.RUnlock()
		}, func() {
			rw.Lock()
			rw.Unlock() //nolint:staticcheck // nothing to do in between
		})
	})
	require.NotNil(t, found)
	assert.Equal(t, sched.Deadlock, found.Kind)
	assert.Equal(t, map[int]int{0: -1, 1: 2, 2: 1}, holders(found))
}

func TestSignalWakesInOrder(t *testing.T) {
	require.Nil(t, explore(t, schedules, func() {
		var mu Mutex
		c := NewCond(&mu)
		var waiting, woken []int
		wait := func(i int) func() {
			return func() {
				mu.Lock()
				waiting = append(waiting, i)
				c.Wait()
				woken = append(woken, i)
				mu.Unlock()
			}
		}
		together(wait(0), wait(1), wait(2), func() {
			for n := 0; n < 3; {
				mu.Lock()
				if len(waiting) == 3 && len(woken) == n {
					c.Signal()
					n++
				}
				mu.Unlock()
				sched.Gosched()
			}
		})
		for i := range woken {
			wrong(woken[i] == waiting[i], "another one is woken than the one who waited longest")
		}
	}))
}

func TestPoolHasSyncsOrderAndMapKeepsOrder(t *testing.T) {
	require.Nil(t, explore(t, 2, func() {
		var p Pool
		p.Put(1)
		p.Put(2)
		p.Put(3)
		wrong(p.Get() == 1 && p.Get() == 3 && p.Get() == 2 && p.Get() == nil, "another order than that of sync.Pool")
		var m Map
		for _, k := range []string{"c", "a", "b", "d"} {
			m.Store(k, k)
		}
		m.Delete("a")
		m.Store("a", "again")
		order := ""
		m.Range(func(k, _ any) bool {
			order += k.(string)
			return k != "d"
		})
		wrong(order == "cabd", "another order: "+order)
	}))
}

// A range meets each key that is there all the time, once; none twice; and of those that come
// meanwhile some and not others.
func TestRangeOfAMapThatChanges(t *testing.T) {
	s := search.New(1)
	met, missed := 0, 0
	for i := range 20 {
		s.Begin(i)
		r := sched.Run(t, s, sched.Options{Random: uint64(i + 1)}, func() {
			var m Map
			for k := range 10 {
				m.Store(k, k)
			}
			seen := map[any]int{}
			m.Range(func(k, _ any) bool {
				if seen[k]++; len(seen) == 5 {
					m.Clear()
					for again := range 10 {
						m.Store(again, 0)
					}
				}
				if k.(int) < 10 {
					m.Store(k.(int)+10, 0)
					m.Delete(k.(int) + 20)
				}
				return true
			})
			for k := range 20 {
				wrong(seen[k] == 1 || k >= 10 && seen[k] == 0, "a key is lost, or met twice")
			}
			met += len(seen) - 10
			missed += 20 - len(seen)
		})
		require.Nil(t, r.Finding)
	}
	assert.Greater(t, met, 20)
	assert.Greater(t, missed, 20)
}
