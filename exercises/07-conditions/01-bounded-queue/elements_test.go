package boundedqueue_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"heisenkata/exercises/07-conditions/01-bounded-queue"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// A numberQueue is a queue of elements of some type, each of which
// represents a number.
type numberQueue interface {
	Put(numbers ...int) (n int, err error)
	Get() (number int, ok bool)
	Drain() []int
	Close()
	Len() int
}

// someQueue returns a queue of one of several element types, usually
// plain numbers.
func someQueue(r *rand.Rand, capacity int) numberQueue {
	switch r.IntN(8) {
	case 0:
		return queueOf(capacity, life.Texts)
	case 1:
		return queueOf(capacity, life.Orders)
	case 2:
		return queueOf(capacity, life.Pointers)
	case 3:
		return queueOf(capacity, life.Interfaces)
	case 4:
		return queueOf(capacity, life.Slices)
	case 5:
		return queueOf(capacity, life.Rates)
	}
	return boundedqueue.New[int](capacity)
}

type translated[T any] struct {
	*boundedqueue.Queue[T]
	life.Elements[T]
}

func queueOf[T any](capacity int, e life.Elements[T]) numberQueue {
	return translated[T]{boundedqueue.New[T](capacity), e}
}

// Put adds the elements for numbers. The slice it passes on belongs to the caller: Put
// must not write to it, and the caller does so afterwards.
func (q translated[T]) Put(numbers ...int) (int, error) {
	values := make([]T, 0, len(numbers)+1)
	for _, n := range numbers {
		values = append(values, q.Of(n))
	}
	n, err := q.Queue.Put(values...)
	want := append(slices.Clip(numbers), 0)
	for i, value := range values[:len(want)] {
		if q.Number(value) != want[i] {
			err = errors.New("it wrote to its caller's slice")
		}
	}
	for i := range values {
		values[i] = q.Of(-1)
	}
	return n, err
}

func (q translated[T]) Get() (int, bool) {
	value, ok := q.Queue.Get()
	return q.Number(value), ok
}

// Drain drains the queue, and afterwards writes to the result, which belongs to the caller.
func (q translated[T]) Drain() []int {
	values := q.Queue.Drain()
	numbers := make([]int, len(values))
	for i, value := range values {
		numbers[i] = q.Number(value)
	}
	drained := values[:cap(values)]
	for i := range drained {
		drained[i] = q.Of(-2) // the caller writes to what Drain returned, and appends to it
	}
	return numbers
}

// Values of a type without size may all have the same address. Each is still an item of its
// own, and each call that waits is a call of its own.
func TestItemsWithoutSize(t *testing.T) {
	for _, n := range life.Sizes(oracle.Random(t), 120) {
		if bubble(t, itemsWithoutSize[struct{}](n)); t.Failed() {
			return
		}
		bubble(t, itemsWithoutSize[[0]int](n))
	}
}

func itemsWithoutSize[T any](n int) func(t *testing.T) {
	return func(t *testing.T) {
		q := boundedqueue.New[T](n)
		t.Cleanup(func() { q.Close(); q.Drain() })
		items := make([]T, n)
		var taken, added atomic.Int64
		for range items {
			go func() {
				if _, ok := q.Get(); ok {
					taken.Add(1)
				}
			}()
		}
		synctest.Wait()
		first := n / 2
		for _, batch := range [][]T{items[:first], items[first:]} {
			before := taken.Load()
			accepted, err := q.Put(batch...)
			require.NoError(t, err)
			require.Equal(t, len(batch), accepted)
			synctest.Wait()
			require.EqualValues(t, len(batch), taken.Load()-before,
				"workers waited, and a Put brought items of type %T: number of items taken by workers that still waited", items[0])
		}

		_, err := q.Put(items...)
		require.NoError(t, err)
		require.Equal(t, n, q.Len(), "a Put of %d items of type %T found no worker waiting", n, items[0])
		for range items {
			go func() {
				n, _ := q.Put(items[0])
				added.Add(int64(n))
			}()
		}
		synctest.Wait()
		require.Zero(t, added.Load(), "the queue was full")
		require.Len(t, q.Drain(), n, "Drain must take all items")
		synctest.Wait()
		require.EqualValues(t, n, added.Load(), "%d producers waited for room, and Drain made room for all of them: number of items added", n)
		require.Equal(t, n, q.Len(), "items of %d producers that waited for room", n)
	}
}
