package boundedqueue_test

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// Calls come one right after the other: with a single processor, no goroutine that they
// wake runs before the last of them has returned.
func TestCallsInQuickSuccession(t *testing.T) {
	for _, n := range life.Sizes(oracle.Random(t), 120) {
		for _, calls := range []int{n, 1 + rand.IntN(n)} {
			if bubble(t, func(t *testing.T) { putsInQuickSuccession(t, n, calls) }); t.Failed() {
				return
			}
			if bubble(t, func(t *testing.T) { getsInQuickSuccession(t, n, calls) }); t.Failed() {
				return
			}
		}
	}
}

func getsInQuickSuccession(t *testing.T, capacity, calls int) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	items := numbers(capacity)
	q := newQueue(t, capacity)
	_, err := q.Put(items...)
	require.NoError(t, err)
	var producers []*put
	for i := range calls {
		producers = append(producers, startPut(q, -i))
	}
	synctest.Wait()
	for _, want := range items[:calls] {
		got, ok := q.Get()
		require.True(t, ok)
		require.Equal(t, want, got, "the oldest item must come first")
	}
	synctest.Wait()
	for _, p := range producers {
		require.True(t, p.back, "%d producers waited at a full queue with room for %d, and a worker took %d items without a pause. "+
			"At least one of the producers still waits; %d items are in the queue", calls, capacity, calls, q.Len())
		require.NoError(t, p.err)
	}
}

func putsInQuickSuccession(t *testing.T, capacity, calls int) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	q := newQueue(t, capacity)
	var workers []*get
	for range calls {
		workers = append(workers, startGet(q))
	}
	synctest.Wait()
	for _, item := range numbers(calls) {
		_, err := q.Put(item)
		require.NoError(t, err)
	}
	synctest.Wait()
	for _, g := range workers {
		require.True(t, g.back, "%d workers waited, and a producer put %d items one by one into a queue with room for %d, without a pause. "+
			"At least one of the workers still waits; %d items are in the queue", calls, calls, capacity, q.Len())
		require.True(t, g.ok, "the queue is open")
	}
}

// Producers and workers run for a while, with queues that are always full or empty.
func TestEverythingArrives(t *testing.T) {
	for _, capacity := range []int{1, 1, 2, 3} {
		bubble(t, func(t *testing.T) { traffic(t, capacity) })
		if t.Failed() {
			return
		}
	}
}

func traffic(t *testing.T, capacity int) {
	const parties, each = 3, 24
	q := newQueue(t, capacity)
	var got [parties][]int
	var home [parties]bool
	var most [parties]int
	for w := range parties {
		go func() {
			for item, ok := q.Get(); ok; item, ok = q.Get() {
				got[w] = append(got[w], item)
				most[w] = max(most[w], q.Len())
			}
			home[w] = true
		}()
	}
	atWork := func() {
		for w := range parties {
			require.LessOrEqual(t, most[w], capacity, "the queue has room for %d but held %d", capacity, most[w])
			require.False(t, home[w],
				"Get told a worker that the queue is closed and empty, but it is open. "+
					"The worker stops, and its share of the work is not done")
		}
	}
	synctest.Wait()

	// The first batch comes alone, while all workers are asleep.
	size := capacity + 1 + rand.IntN(3)
	first := make([]int, size)
	for i := range first {
		first[i] = -1 - i
	}
	opening := startPut(q, first...)
	synctest.Wait()
	atWork()
	require.True(t, opening.back,
		"all are asleep: a Put of %d items waits for room, %d of %d are in the queue, and %d workers wait",
		size, q.Len(), capacity, parties)

	var puts [parties]bool
	for p := range parties {
		go func() {
			for i := 0; i < each; {
				n := min(1+rand.IntN(4), each-i)
				batch := make([]int, n)
				for k := range batch {
					batch[k] = p*each + i + k
				}
				if done, err := q.Put(batch...); err != nil || done != n {
					return
				}
				i += n
			}
			puts[p] = true
		}()
	}
	synctest.Wait()
	atWork()
	for p := range parties {
		require.True(t, puts[p],
			"all are asleep: a producer still has items, %d of %d are in the queue, and %d workers wait",
			q.Len(), capacity, parties)
	}
	q.Close()
	synctest.Wait()

	all := slices.Concat(got[:]...)
	want := slices.Clone(first)
	for i := range parties * each {
		want = append(want, i)
	}
	slices.Sort(all)
	slices.Sort(want)
	require.Equal(t, want, all, "each item must go to exactly one worker")
	for w := range parties {
		require.True(t, home[w], "the queue is closed and empty, but a worker still waits")
		last := [parties]int{-1, -1, -1}
		for _, item := range got[w] {
			if item < 0 {
				continue
			}
			require.Greater(t, item, last[item/each], "one producer's items left the queue in a different order")
			last[item/each] = item
		}
	}
}

// The queue is closed while others use it: just when a call checks, begins to wait, or
// has been woken.
func TestCloseInTheMiddle(t *testing.T) {
	const rounds, parties, batches = 60, 2, 40
	bubble(t, func(t *testing.T) {
		for range rounds {
			q := newQueue(t, 1)
			var accepted, taken [parties]int
			var home [2 * parties]bool
			var progress atomic.Int64
			middle := rand.Int64N(8)
			go func() {
				for look := 0; look < 1000 && progress.Load() < middle; look++ {
					runtime.Gosched()
				}
				q.Close()
			}()
			for i := range parties {
				go func() {
					for range batches {
						n, err := q.Put(1, 2)
						if accepted[i] += n; err != nil {
							break
						}
						progress.Add(1)
					}
					home[i] = true
				}()
				go func() {
					for _, ok := q.Get(); ok; _, ok = q.Get() {
						taken[i]++
					}
					home[parties+i] = true
				}()
			}
			synctest.Wait()
			require.NotContains(t, home, false,
				"the queue was closed and no goroutine is running, but a call still waits. "+
					"It checked before the queue was closed, went to sleep after that, and missed the wake-up in between")
			require.Equal(t, accepted[0]+accepted[1], taken[0]+taken[1],
				"all workers were told that no more items will come, but items that Put accepted were not delivered")
		}
	})
}
