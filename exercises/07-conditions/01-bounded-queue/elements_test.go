package boundedqueue_test

import (
	"errors"
	"math/rand/v2"
	"slices"

	"heisenkata/exercises/07-conditions/01-bounded-queue"
	"heisenkata/exercises/internal/life"
)

// A numberQueue is a queue of elements of some type, each of which stands for a
// number.
type numberQueue interface {
	Put(numbers ...int) (n int, err error)
	Get() (number int, ok bool)
	Drain() []int
	Close()
	Len() int
}

// someQueue is a queue of one of several types, of numbers themselves more often
// than not.
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

// Put puts in what the numbers stand for. The slice is the caller's: Put does not
// write to it, and afterwards the caller does.
func (q translated[T]) Put(numbers ...int) (int, error) {
	values := make([]T, 0, len(numbers)+1)
	for _, n := range numbers {
		values = append(values, q.Of(n))
	}
	n, err := q.Queue.Put(values...)
	want := append(slices.Clip(numbers), 0)
	for i, value := range values[:len(want)] {
		if q.Number(value) != want[i] {
			err = errors.New("it wrote to the slice that it was given")
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

// Drain takes what is there, and afterwards writes to it: it is the caller's.
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
