package boundedqueue_test

import (
	"errors"
	"math/rand/v2"
	"slices"

	"heisenkata/exercises/07-conditions/01-bounded-queue"
	"heisenkata/exercises/internal/life"
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
	values = values[:cap(values)]
	for i := range values {
		values[i] = q.Of(-2)
	}
	return numbers
}
