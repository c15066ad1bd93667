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

// Large numbers: more items and more waiting calls than fit in any array of a fixed
// size, and enough to overflow a counter of 8 bits.
func TestLargeNumbers(t *testing.T) {
	atOnce, oneByOne := []int{130 + rand.IntN(20)}, 1<<8+500
	if oracle.Large(t) {
		atOnce, oneByOne = []int{1 << 8, oracle.Many()}, oracle.Often()
	}
	for _, many := range append(atOnce, 3+rand.IntN(5)) {
		if bubble(t, func(t *testing.T) { manyAtOnce(t, many) }); t.Failed() {
			return
		}
		if bubble(t, func(t *testing.T) { batchesAtOnce(t, many) }); t.Failed() {
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
	require.True(t, p.back, "the queue has room for %d, but a Put of as many items waits", many)
	require.Equal(t, many, p.n)

	puts := make([]*put, many)
	for i := range puts {
		puts[i] = startPut(q, -i)
	}
	synctest.Wait()
	require.Equal(t, items, q.Drain(), "Drain must take all items, oldest first")
	synctest.Wait()
	for _, p := range puts {
		require.True(t, p.back, "%d producers waited for room and Drain made room for all of them, but one still waits", many)
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
		require.True(t, g.back, "%d workers waited for an item when the queue was closed, but one still waits", many)
	}
}

// batchesAtOnce is about a full queue at which batches wait that all fit in it once it is
// drained. Then it is closed with items in it, and the last Get takes the last of them.
func batchesAtOnce(t *testing.T, room int) {
	q := newQueue(t, room)
	startPut(q, numbers(room)...)
	var puts []*put
	for left := room; left > 0; {
		n := min(left, 1+rand.IntN(3))
		puts = append(puts, startPut(q, numbers(n)...))
		left -= n
	}
	synctest.Wait()
	require.Len(t, q.Drain(), room, "the queue was full")
	synctest.Wait()
	for _, p := range puts {
		require.True(t, p.back, "%d batches waited for room, Drain made room for the %d items of all of them, and one still waits", len(puts), room)
	}
	here := oracle.WhoIsHere()
	last := newQueue(t, room)
	startPut(last, numbers(room)...)
	synctest.Wait()
	last.Close()
	for range room {
		_, ok := last.Get()
		require.True(t, ok, "the queue was closed with items in it")
	}
	here.AssertNothingGoesOn(t, "The queue was closed, and the last Get has taken the last item.")
}

// Many items pass through a short queue and leave nothing behind in it. Indices into a
// ring of three do not wrap around at a power of two.
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
	require.GreaterOrEqual(t, done, many, "%d items, each put into a queue with room for two and then taken by Get or Drain: "+
		"one of the calls for the last of them blocks, or returned something else", many)
	emptied(t, q)
}

// Many items come and go, and a queue keeps nothing of them.
func TestNothingIsKept(t *testing.T) {
	random := oracle.Random(t)
	capacity, many := 6+random.IntN(20), 100
	kept := func(f func()) int64 { f(); return 0 }
	if oracle.Large(t) {
		many, kept = 30_000, oracle.Kept
	}
	for _, traffic := range []struct {
		story string
		least int // that many items stay in the queue
		batch int // that many come at a time, and then go
		drain bool
	}{
		{"a queue that is empty again and again", 0, 1 + random.IntN(3), false},
		{"a queue that is never empty and never full", 2 + random.IntN(capacity-4), 1, false},
		{"a queue that is full again and again", capacity - 3, 3, false},
		{"a queue that is drained again and again", 0, 1 + random.IntN(3), true},
	} {
		q := boundedqueue.New[int](capacity)
		_, err := q.Put(make([]int, traffic.least)...)
		require.NoError(t, err)
		passed := 0
		bytes := kept(func() {
			for items := make([]int, traffic.batch); passed < many; {
				n, _ := q.Put(items...)
				if traffic.drain {
					n = len(q.Drain())
				} else {
					for range n {
						_, _ = q.Get()
					}
				}
				if passed += n; n != traffic.batch {
					break
				}
			}
		})
		require.GreaterOrEqual(t, passed, many, "items that have gone through %s", traffic.story)
		assertLittle(t, bytes, many, traffic.story)
		require.Len(t, q.Drain(), traffic.least)
		q.Close()
	}
	bubble(t, func(t *testing.T) {
		q := boundedqueue.New[int](1 + random.IntN(3))
		bytes := kept(func() {
			startPut(q, make([]int, many)...)
			for range many {
				_, _ = q.Get()
			}
			synctest.Wait()
		})
		assertLittle(t, bytes, many, "a queue at which most calls wait")
		q.Close()
	})
}

// assertLittle fails t if as much memory is in use as the items would take that have gone.
func assertLittle(t *testing.T, bytes int64, many int, story string) {
	t.Helper()
	assert.Less(t, bytes, int64(4*many), "%d items have gone through %s, and so many bytes more are in use than before", many, story)
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
