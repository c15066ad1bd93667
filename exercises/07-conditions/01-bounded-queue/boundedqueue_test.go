package boundedqueue_test

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/07-conditions/01-bounded-queue"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// caught tells that the queue has failed a test in this process.
var caught bool

// bubble runs a test in a synctest bubble. There synctest.Wait returns when
// nobody can go on without somebody else: who then still waits, waits for good.
// Time in a bubble passes only when all wait.
func bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	defer func() { caught = caught || t.Failed() }()
	oracle.Within(t, func() { oracle.Bubble(t, test) },
		"somebody waits for a lock, for ever. Who holds it, and what does the holder wait for?")
}

// newQueue returns a queue that is closed and emptied when the test ends. If the
// test has failed it sees to it that nobody is left behind, whatever is wrong
// with the queue: the failure is to be the last word.
func newQueue(t *testing.T, capacity int) numberQueue {
	return emptied(t, someQueue(rand.New(rand.NewPCG(rand.Uint64(), 0)), capacity))
}

func emptied(t *testing.T, q numberQueue) numberQueue {
	t.Cleanup(func() {
		q.Close()
		q.Drain()
		if t.Failed() {
			for range 8 {
				q.Close()
				time.Sleep(time.Minute)
			}
		}
	})
	return q
}

// put is a Put on a goroutine of its own, get a Get. Look at them only when all
// is quiet.
type put struct {
	back bool
	n    int
	err  error
}

func startPut(q numberQueue, items ...int) *put {
	p := new(put)
	go func() {
		p.n, p.err = q.Put(items...)
		p.back = true
	}()
	return p
}

type get struct {
	back, ok bool
	item     int
}

func startGet(q numberQueue) *get {
	g := new(get)
	go func() {
		g.item, g.ok = q.Get()
		g.back = true
	}()
	return g
}

// numbers returns n numbers that nobody can guess, all different.
func numbers(n int) []int {
	first := rand.IntN(1000)
	all := make([]int, n)
	for i := range all {
		all[i] = first + 7*i
	}
	return all
}

// One after the other.
func TestFirstInFirstOut(t *testing.T) {
	bubble(t, func(t *testing.T) {
		items := numbers(4 + rand.IntN(4))
		q := newQueue(t, len(items))
		n, err := q.Put(items[:2]...)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		n, err = q.Put(items[2:]...)
		require.NoError(t, err)
		require.Equal(t, len(items)-2, n)
		require.Equal(t, len(items), q.Len())
		for _, want := range items[:2] {
			got, ok := q.Get()
			require.True(t, ok)
			require.Equal(t, want, got, "the oldest item comes first")
		}
		assert.Equal(t, items[2:], q.Drain(), "Drain takes all that is there, the oldest first")
		assert.Empty(t, q.Drain(), "there was nothing left to drain")
		assert.Zero(t, q.Len())
	})
}

func TestPutWaitsWhileFull(t *testing.T) {
	for _, n := range life.Sizes(oracle.Random(t), 120) {
		if putWaitsWhileFull(t, n); t.Failed() {
			return
		}
	}
}

// putWaitsWhileFull has a queue with room for n. A part of it is taken, or nothing.
func putWaitsWhileFull(t *testing.T, n int) {
	bubble(t, func(t *testing.T) {
		items := numbers(1 + n)
		last := len(items) - 1
		q := newQueue(t, last)
		before := rand.IntN(2) * rand.IntN(last+1)
		_, err := q.Put(items[:before]...)
		require.NoError(t, err)
		p := startPut(q, items[before:]...)
		time.Sleep(time.Minute)
		synctest.Wait()
		require.False(t, p.back, "the queue has room for %d, and a Put of the last of %d items is back", last, len(items))
		require.Equal(t, last, q.Len(), "what there is room for is in the queue, though the last item still waits")

		start := time.Now()
		got, ok := q.Get()
		require.True(t, ok)
		require.Equal(t, items[0], got)
		synctest.Wait()
		require.True(t, p.back,
			"there is room again, nothing else is going on, and Put still waits. It must not need the time to see that")
		require.NoError(t, p.err)
		require.Equal(t, len(items)-before, p.n)
		require.Equal(t, last, q.Len())
		assert.Zero(t, time.Since(start), "nothing here takes time")
		require.Equal(t, items[1:], q.Drain(), "as many as there is room for are in the queue, the oldest first")
	})
}

func TestGetWaitsWhileEmpty(t *testing.T) {
	bubble(t, func(t *testing.T) {
		item := numbers(1)[0]
		q := newQueue(t, 1+rand.IntN(3))
		g := startGet(q)
		time.Sleep(time.Minute)
		synctest.Wait()
		require.False(t, g.back, "the queue is empty and open, and a Get is back")
		_, err := q.Put(item)
		require.NoError(t, err)
		synctest.Wait()
		require.True(t, g.back,
			"there is an item, nothing else is going on, and Get still waits. It must not need the time to see that")
		require.True(t, g.ok)
		require.Equal(t, item, g.item)
	})
}

// At closing time some wait for room …
func TestCloseSendsProducersHome(t *testing.T) {
	for _, n := range life.Sizes(oracle.Random(t), 120) {
		if closeSendsProducersHome(t, n); t.Failed() {
			return
		}
	}
}

func closeSendsProducersHome(t *testing.T, n int) {
	bubble(t, func(t *testing.T) {
		items := numbers(n)
		q := newQueue(t, len(items))
		_, err := q.Put(items...)
		require.NoError(t, err)
		waiting := []*put{startPut(q, -1), startPut(q, -2, -3), startPut(q, -4)}
		synctest.Wait()
		q.Close()
		synctest.Wait()
		for _, p := range waiting {
			require.True(t, p.back, "a producer waited for room when the queue was closed, and waits still")
			assert.ErrorIs(t, p.err, boundedqueue.ErrClosed)
			assert.Zero(t, p.n, "there was no room")
		}
		for _, want := range items {
			got, ok := q.Get()
			require.True(t, ok, "what was in the queue when it was closed can still be taken")
			require.Equal(t, want, got)
		}
		_, ok := q.Get()
		require.False(t, ok, "the queue is closed and empty")
	})
}

// … or for items.
func TestCloseSendsWorkersHome(t *testing.T) {
	for _, n := range life.Sizes(oracle.Random(t), 120) {
		if closeSendsWorkersHome(t, n); t.Failed() {
			return
		}
	}
}

func closeSendsWorkersHome(t *testing.T, n int) {
	bubble(t, func(t *testing.T) {
		q := newQueue(t, n)
		waiting := []*get{startGet(q), startGet(q), startGet(q)}
		synctest.Wait()
		q.Close()
		synctest.Wait()
		for _, g := range waiting {
			require.True(t, g.back, "a worker waited for an item when the queue was closed, and waits still")
			assert.False(t, g.ok, "the queue is closed and empty, and a worker got the item %d", g.item)
		}
		q.Close()
	})
}

func TestClosedQueueTakesNothing(t *testing.T) {
	const tries = 40
	bubble(t, func(t *testing.T) {
		q := newQueue(t, 2*tries)
		_, err := q.Put(1)
		require.NoError(t, err)
		q.Close()
		for range tries {
			n, err := q.Put(2)
			require.ErrorIs(t, err, boundedqueue.ErrClosed, "the queue is closed, though it has room")
			require.Zero(t, n)
		}
		got, ok := q.Get()
		require.True(t, ok, "what was in the queue when it was closed can still be taken")
		require.Equal(t, 1, got)
		for range tries {
			got, ok = q.Get()
			require.False(t, ok, "the queue is closed and empty, and Get returned %d", got)
		}
	})
}

// As many items as workers, all in one Put.
func TestBatchWakesAsManyWorkers(t *testing.T) {
	for _, n := range life.Sizes(oracle.Random(t), 120) {
		if batchWakesAsManyWorkers(t, n); t.Failed() {
			return
		}
	}
}

func batchWakesAsManyWorkers(t *testing.T, n int) {
	bubble(t, func(t *testing.T) {
		items := numbers(1 + n)
		q := newQueue(t, len(items))
		var workers []*get
		for range items {
			workers = append(workers, startGet(q))
		}
		synctest.Wait()
		_, err := q.Put(items...)
		require.NoError(t, err)
		synctest.Wait()
		var got []int
		for _, g := range workers {
			if g.back && g.ok {
				got = append(got, g.item)
			}
		}
		require.ElementsMatch(t, items, got,
			"%d workers waited, %d items came in one Put, %d have been taken and %d lie in the queue. Nobody told the others",
			len(items), len(items), len(got), q.Len())
	})
}

// A queue that was full is empty at one stroke: all who waited have room.
func TestDrainMakesRoomForAll(t *testing.T) {
	for _, n := range life.Sizes(oracle.Random(t), 120) {
		if drainMakesRoomForAll(t, n); t.Failed() {
			return
		}
	}
}

func drainMakesRoomForAll(t *testing.T, n int) {
	bubble(t, func(t *testing.T) {
		items := numbers(1 + n)
		q := newQueue(t, len(items))
		_, err := q.Put(items...)
		require.NoError(t, err)
		var producers []*put
		for i := range items {
			producers = append(producers, startPut(q, -i))
		}
		synctest.Wait()
		q.Drain()
		synctest.Wait()
		for _, p := range producers {
			require.True(t, p.back,
				"Drain made room for %d, %d producers waited, and at least one of them waits still; %d items are in",
				len(items), len(producers), q.Len())
			require.NoError(t, p.err)
		}
	})
}

// Large numbers: more items, and more calls that wait, than any array of a fixed
// size has room for; and as many as make a number of 8 bits come round to zero.
func TestLargeNumbers(t *testing.T) {
	atOnce, oneByOne := []int{130 + rand.IntN(20)}, 1<<8+500
	if oracle.Large(t) {
		atOnce, oneByOne = []int{1 << 8, oracle.Many()}, 1<<16+500
	}
	for _, many := range atOnce {
		if bubble(t, func(t *testing.T) { manyAtOnce(t, many) }); t.Failed() {
			return
		}
	}
	bubble(t, func(t *testing.T) { manyOneByOne(t, oneByOne) })
}

func manyAtOnce(t *testing.T, many int) {
	items := numbers(many)
	q := newQueue(t, many)
	p := startPut(q, items...)
	synctest.Wait()
	require.True(t, p.back, "the queue has room for %d, and a Put of as many items waits", many)
	require.Equal(t, many, p.n)

	puts := make([]*put, many)
	for i := range puts {
		puts[i] = startPut(q, -i)
	}
	synctest.Wait()
	require.Equal(t, items, q.Drain(), "Drain takes all that is there, the oldest first")
	synctest.Wait()
	for _, p := range puts {
		require.True(t, p.back, "%d producers waited for room, Drain made room for as many, and one of them still waits", many)
	}
	q.Drain()

	gets := make([]*get, many)
	for i := range gets {
		gets[i] = startGet(q)
	}
	synctest.Wait()
	q.Close()
	synctest.Wait()
	for _, g := range gets {
		require.True(t, g.back, "%d workers waited for an item when the queue was closed, and one of them still waits", many)
	}
}

// Many items go through a short queue, and leave nothing behind in it. A ring of
// three places does not come round at a power of two.
func manyOneByOne(t *testing.T, many int) {
	var q numberQueue = boundedqueue.New[int](3)
	next, done := 0, 0
	put := func(n int) bool {
		items := []int{next, next + 1}[:n]
		next += n
		added, err := q.Put(items...)
		return added == n && err == nil
	}
	go func() {
		ok := put(2)
		for ; ok && done < many; done++ {
			ok = put(1)
			if ok && done < many/16 && done%4 > 0 {
				ok = slices.Equal(q.Drain(), []int{done, done + 1, done + 2}) && put(2)
				done += 2
				continue
			}
			if item, got := q.Get(); item != done || !got {
				break
			}
		}
	}()
	synctest.Wait()
	require.GreaterOrEqual(t, done, many, "of %d items, each was put into a queue of two and then taken by Get or Drain; "+
		"with the last of them a call waits, or returned something else", many)
	emptied(t, q)
}

// What is in the queue belongs to the queue, what has been drained to whoever
// drained it, and what was put in to whoever did: none of them writes into
// another's slice.
func TestItemsAreNotShared(t *testing.T) {
	bubble(t, func(t *testing.T) {
		items := numbers(2 + rand.IntN(6))
		first, second := slices.Clone(items), numbers(len(items))
		q := emptied(t, boundedqueue.New[int](len(items))) // whose slices are those of the test
		_, err := q.Put(first...)
		require.NoError(t, err)
		clear(first)
		drained := q.Drain()
		require.Equal(t, items, drained, "the caller of Put went on using its slice, and the queue has changed")
		_, err = q.Put(second...)
		require.NoError(t, err)
		require.Equal(t, items, drained, "somebody keeps what he has drained; others put in more; and what he keeps has changed")
		clear(drained)
		for _, want := range second {
			got, ok := q.Get()
			require.True(t, ok)
			require.Equal(t, want, got, "somebody changed what he had drained, and the queue has changed")
		}
	})
}

// A worker waits. Somebody drains the queue, which is empty already. There is
// still nothing to work on.
func TestNobodyIsWokenForNothing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		item := numbers(1)[0]
		q := newQueue(t, 1+rand.IntN(3))
		g := startGet(q)
		synctest.Wait()
		require.Empty(t, q.Drain())
		synctest.Wait()
		require.False(t, g.back,
			"a worker waits at an empty queue; Drain finds nothing; and Get is back with ok == %t, though the queue is open. "+
				"It was woken, and believed that there was something because it had been woken", g.ok)
		_, err := q.Put(item)
		require.NoError(t, err)
		synctest.Wait()
		require.True(t, g.back, "there is an item, and the worker still waits")
		require.True(t, g.ok)
		require.Equal(t, item, g.item)
	})
}

// More producers wait than there will be room for.
func TestDrainKeepsTheBound(t *testing.T) {
	for _, n := range life.Sizes(oracle.Random(t), 120) {
		if drainKeepsTheBound(t, n); t.Failed() {
			return
		}
	}
}

func drainKeepsTheBound(t *testing.T, n int) {
	bubble(t, func(t *testing.T) {
		items := numbers(n)
		capacity := len(items)
		q := newQueue(t, capacity)
		_, err := q.Put(items...)
		require.NoError(t, err)
		var producers []*put
		for i := range capacity + 3 {
			producers = append(producers, startPut(q, -i))
		}
		synctest.Wait()
		drained := len(q.Drain())
		synctest.Wait()
		back := 0
		for _, p := range producers {
			if p.back {
				require.NoError(t, p.err)
				back++
			}
		}
		require.LessOrEqual(t, q.Len(), capacity,
			"the queue has room for %d and holds %d. %d producers waited, and all that woke up went in: "+
				"each had looked for room before it slept, none after",
			capacity, q.Len(), len(producers))
		require.Equal(t, capacity+back, drained+q.Len(), "an item is lost, or there twice")
		require.False(t, back < len(producers) && q.Len() < capacity, "there is room, and a producer waits")
		length := q.Len()
		require.Len(t, q.Drain(), length, "Len said one thing, and Drain found another")
	})
}

// Two workers wait at a queue with room for one, and a Put brings two items. The
// first item wakes one of them, and Put waits for room: now a worker and a
// producer wait at once, for different things.
func TestBatchMeetsTwoWorkers(t *testing.T) {
	bubble(t, func(t *testing.T) {
		items := numbers(2)
		q := newQueue(t, 1)
		workers := []*get{startGet(q), startGet(q)}
		synctest.Wait()
		start := time.Now()
		p := startPut(q, items...)
		synctest.Wait()
		var got []int
		for _, g := range workers {
			require.False(t, g.back && !g.ok,
				"a worker was told that the queue is closed; it is open, and an item is on its way")
			if g.back {
				got = append(got, g.item)
			}
		}
		require.True(t, p.back,
			"all are asleep: a producer waits for room (%d of 1 in the queue), %d of 2 workers wait for an item. "+
				"The last one to change something did wake somebody. Whom, and who could have gone on?", q.Len(), 2-len(got))
		require.NoError(t, p.err)
		require.ElementsMatch(t, items, got, "two workers, two items, one for each")
		assert.Zero(t, time.Since(start), "nothing here takes time")
	})
}

// Ingestion and workers for a while, at queues that are always full or empty.
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
			require.LessOrEqual(t, most[w], capacity, "the queue has room for %d and held %d", capacity, most[w])
			require.False(t, home[w],
				"Get told a worker that the queue is closed and empty. It is open. "+
					"The worker went home, and its share of the work stays")
		}
	}
	synctest.Wait()

	// The first batch by itself, so that all workers are asleep when it comes.
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
	require.Equal(t, want, all, "each item goes to exactly one worker")
	for w := range parties {
		require.True(t, home[w], "the queue is closed and empty, and a worker waits still")
		last := [parties]int{-1, -1, -1}
		for _, item := range got[w] {
			if item < 0 {
				continue
			}
			require.Greater(t, item, last[item/each], "one producer's items left the queue in another order than they came in")
			last[item/each] = item
		}
	}
}

// The queue is closed in the middle of the traffic: just when somebody looks,
// begins to wait, or has been woken.
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
				"the queue was closed, all is quiet, and somebody still waits. "+
					"It looked, nobody had closed; then it fell asleep; and the call came in between")
			require.Equal(t, accepted[0]+accepted[1], taken[0]+taken[1],
				"all workers were told that nothing will come any more, and items that Put accepted are in nobody's hands")
		}
	})
}
