package boundedqueue_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"heisenkata/exercises/07-conditions/01-bounded-queue"
	"heisenkata/exercises/internal/oracle"
)

// Large numbers: more items and more waiting calls than fit in any array of a fixed
// size, and enough to overflow a counter of 8 bits, and the largest capacity.
func TestLargeNumbers(t *testing.T) {
	atOnce, oneByOne := []int{130 + rand.IntN(20)}, 1<<8+500
	if oracle.Large(t) {
		atOnce, oneByOne = []int{1 << 8, oracle.Many()}, oracle.Often()
		bubble(t, func(t *testing.T) { fullAllTheTime(t, largest) })
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

// largest is the largest capacity that README asks for.
const largest = 20_000

// fullAllTheTime takes some items of a full queue, and fills it again, until it has been
// filled anew more than twice.
func fullAllTheTime(t *testing.T, capacity int) {
	q := newQueue(t, capacity)
	all := numbers(capacity)
	startPut(q, all...)
	synctest.Wait()
	for next := 0; next < 2*capacity; {
		n := 1 + rand.IntN(capacity/100)
		again := make([]int, n)
		for i := range n {
			item, ok := q.Get()
			want := all[(next+i)%capacity]
			require.True(t, ok && item == want, "a queue of %d is full, and Get returned %d, %t instead of %d", capacity, item, ok, want)
			again[i] = item
		}
		p := startPut(q, again...)
		synctest.Wait()
		require.True(t, p.back, "there was room for %d items, but a Put of as many waits", n)
		next += n
	}
	require.Equal(t, capacity, q.Len())
	q.Drain()
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
