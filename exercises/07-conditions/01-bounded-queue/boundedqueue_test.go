package boundedqueue_test

import (
	"math/rand/v2"
	"slices"
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

// caught is set once the queue has failed a test in this process.
var caught bool

// bubble runs a test in a synctest bubble. There, synctest.Wait returns when every
// goroutine is blocked: one that waits then waits forever. Time passes only when all
// of them wait.
func bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	defer func() { caught = caught || t.Failed() }()
	oracle.Within(t, func() { oracle.Bubble(t, test) },
		"a goroutine waits for a lock forever. Which one holds it, and what is that one waiting for?")
}

// newQueue returns a queue that is closed and emptied when the test ends. If the test
// has failed, it also lets all goroutines end, whatever is wrong with the queue, so
// that the failure is the last thing printed.
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

// put is a Put on a goroutine of its own, and get a Get. Read them only while no
// goroutine is running.
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

// numbers returns n different numbers that no fix can guess.
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
			require.Equal(t, want, got, "the oldest item must come first")
		}
		assert.Equal(t, items[2:], q.Drain(), "Drain must take all items, oldest first")
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

// putWaitsWhileFull uses a queue with room for n, and takes some of its items or none.
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
		require.False(t, p.back, "the queue has room for %d, but a Put of the last of %d items returned", last, len(items))
		require.Equal(t, last, q.Len(), "all items for which there is room must be in the queue, even while the last one still waits")

		start := time.Now()
		got, ok := q.Get()
		require.True(t, ok)
		require.Equal(t, items[0], got)
		synctest.Wait()
		require.True(t, p.back,
			"there is room again and no other goroutine is running, but Put still waits. It must not need time to notice")
		require.NoError(t, p.err)
		require.Equal(t, len(items)-before, p.n)
		require.Equal(t, last, q.Len())
		assert.Zero(t, time.Since(start), "nothing here should take time")
		require.Equal(t, items[1:], q.Drain(), "the queue must be full, with the oldest items first")
	})
}

func TestGetWaitsWhileEmpty(t *testing.T) {
	bubble(t, func(t *testing.T) {
		item := numbers(1)[0]
		q := newQueue(t, 1+rand.IntN(3))
		g := startGet(q)
		time.Sleep(time.Minute)
		synctest.Wait()
		require.False(t, g.back, "the queue is empty and open, but a Get returned")
		_, err := q.Put(item)
		require.NoError(t, err)
		synctest.Wait()
		require.True(t, g.back,
			"there is an item and no other goroutine is running, but Get still waits. It must not need time to notice")
		require.True(t, g.ok)
		require.Equal(t, item, g.item)
	})
}

// When the queue is closed, some calls wait for room …
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
			require.True(t, p.back, "a producer that was waiting for room when the queue was closed still waits")
			assert.ErrorIs(t, p.err, boundedqueue.ErrClosed)
			assert.Zero(t, p.n, "there was no room")
		}
		for _, want := range items {
			got, ok := q.Get()
			require.True(t, ok, "items that were in the queue when it was closed can still be taken")
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
			require.True(t, g.back, "a worker that was waiting for an item when the queue was closed still waits")
			assert.False(t, g.ok, "the queue is closed and empty, but a worker got item %d", g.item)
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
			require.ErrorIs(t, err, boundedqueue.ErrClosed, "the queue is closed, even though it has room")
			require.Zero(t, n)
		}
		got, ok := q.Get()
		require.True(t, ok, "items that were in the queue when it was closed can still be taken")
		require.Equal(t, 1, got)
		for range tries {
			got, ok = q.Get()
			require.False(t, ok, "the queue is closed and empty, but Get returned %d", got)
		}
	})
}

// A single Put with as many items as there are workers.
func TestBatchWakesAsManyWorkers(t *testing.T) {
	for _, n := range life.Sizes(oracle.Random(t), 120) {
		if batchWakesAsManyWorkers(t, n, 1+n); t.Failed() {
			return
		}
	}
}

func batchWakesAsManyWorkers(t *testing.T, n, capacity int) {
	bubble(t, func(t *testing.T) {
		items := numbers(1 + n)
		q := newQueue(t, capacity)
		var workers []*get
		for range items {
			workers = append(workers, startGet(q))
		}
		synctest.Wait()
		p := startPut(q, items...)
		synctest.Wait()
		require.NoError(t, p.err)
		var got []int
		for _, g := range workers {
			if g.back && g.ok {
				got = append(got, g.item)
			}
		}
		require.ElementsMatch(t, items, got,
			"%d workers waited, and one Put brought %d items to a queue with room for %d: %d have been taken, and %d are still in the queue. "+
				"The others were not woken", len(items), len(items), capacity, len(got), q.Len())
		require.True(t, p.back, "%d workers have taken all %d items of a Put, which still waits", len(items), len(items))
	})
}

// Drain empties a full queue in one step, so all waiting producers have room.
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
				"Drain made room for %d items and %d producers waited, but at least one of them still waits; %d items are in the queue",
				len(items), len(producers), q.Len())
			require.NoError(t, p.err)
		}
	})
}

// The items in the queue belong to the queue, drained items to the caller of
// Drain, and the slice passed to Put to the caller of Put. None of them writes to
// a slice of another.
func TestItemsAreNotShared(t *testing.T) {
	bubble(t, func(t *testing.T) {
		items := numbers(2 + rand.IntN(6))
		first, second := slices.Clone(items), numbers(len(items))
		q := emptied(t, boundedqueue.New[int](len(items))) // not someQueue: the slices must be the test's own
		_, err := q.Put(first...)
		require.NoError(t, err)
		clear(first)
		drained := q.Drain()
		require.Equal(t, items, drained, "the caller of Put reused its slice, and that changed the queue")
		_, err = q.Put(second...)
		require.NoError(t, err)
		require.Equal(t, items, drained, "a caller of Drain kept its slice, and a later Put changed it")
		clear(drained)
		for _, want := range second {
			got, ok := q.Get()
			require.True(t, ok)
			require.Equal(t, want, got, "a caller of Drain wrote to its slice, and that changed the queue")
		}
	})
}

// A worker waits, and a Drain finds the queue empty. There is still nothing for the
// worker to do.
func TestNoVisitorIsWokenInVain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		item := numbers(1)[0]
		q := newQueue(t, 1+rand.IntN(3))
		g := startGet(q)
		synctest.Wait()
		require.Empty(t, q.Drain())
		synctest.Wait()
		require.False(t, g.back,
			"a worker waits at an empty queue, Drain finds nothing, and Get returns with ok == %t although the queue is open. "+
				"Get was woken, and concluded from that alone that there was an item", g.ok)
		_, err := q.Put(item)
		require.NoError(t, err)
		synctest.Wait()
		require.True(t, g.back, "there is an item, but the worker still waits")
		require.True(t, g.ok)
		require.Equal(t, item, g.item)
	})
}

// More producers are waiting than there will be room for.
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
			"the queue has room for %d but holds %d. %d producers waited, and all that woke up added their item: "+
				"each checked for room before it slept, but not after",
			capacity, q.Len(), len(producers))
		require.Equal(t, capacity+back, drained+q.Len(), "an item was lost or duplicated")
		require.False(t, back < len(producers) && q.Len() < capacity, "there is room, but a producer waits")
		length := q.Len()
		require.Len(t, q.Drain(), length, "Len and Drain disagree")
	})
}

// Two workers wait at a queue with room for one, and a Put brings two items. The first
// item wakes one of them, and Put waits for room: now a worker and a producer wait at
// the same time, for different things.
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
				"a worker was told that the queue is closed, but it is open, and an item is on its way")
			if g.back {
				got = append(got, g.item)
			}
		}
		require.True(t, p.back,
			"all are asleep: a producer waits for room (%d of 1 in the queue), and %d of 2 workers wait for an item. "+
				"The last change did wake one of them. Which one, and which could have continued?", q.Len(), 2-len(got))
		require.NoError(t, p.err)
		require.ElementsMatch(t, items, got, "two workers and two items: each must get one")
		assert.Zero(t, time.Since(start), "nothing here should take time")
	})
	for _, n := range life.Sizes(oracle.Random(t), 120) { // more of them, and room for a few
		for _, capacity := range []int{1, 1 + rand.IntN(n)} {
			if t.Failed() {
				return
			}
			batchWakesAsManyWorkers(t, n, capacity)
		}
	}
}
