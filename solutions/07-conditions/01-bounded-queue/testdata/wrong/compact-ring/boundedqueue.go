// caught by: tests in TestLargeNumbers
// Wrong: the sum of two 16-bit numbers overflows in a queue of more than 16,384.

// Package boundedqueue passes items from producers to consumers, and never holds more
// items than it has room for.
package boundedqueue

import (
	"errors"
	"sync"
)

// ErrClosed means that a Queue accepts no more items.
var ErrClosed = errors.New("queue is closed")

// Queue is a first-in, first-out queue of bounded length: a compact ring, which grows up
// to the capacity. Twenty thousand fits in 16 bits.
type Queue[T any] struct {
	mu       sync.Mutex
	notFull  *sync.Cond
	notEmpty *sync.Cond
	ring     []T
	capacity int
	head, n  int16
	closed   bool
}

// New returns an open, empty queue with room for capacity items, which is at least 1.
func New[T any](capacity int) *Queue[T] {
	q := &Queue[T]{capacity: capacity, ring: make([]T, capacity)}
	q.notFull, q.notEmpty = sync.NewCond(&q.mu), sync.NewCond(&q.mu)
	return q
}

// Put adds items in order, and blocks while the queue is full.
func (q *Queue[T]) Put(items ...T) (n int, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, item := range items {
		for int(q.n) >= q.capacity && !q.closed {
			q.notFull.Wait()
		}
		if q.closed {
			return n, ErrClosed
		}
		q.ring[int(q.head+q.n)%q.capacity] = item
		q.n++
		n++
		q.notEmpty.Signal()
	}
	return n, nil
}

// take removes the oldest item. The queue is not empty, and locked.
func (q *Queue[T]) take() (item T) {
	var none T
	item, q.ring[q.head] = q.ring[q.head], none
	q.n--
	if q.head++; int(q.head) == q.capacity {
		q.head = 0
	}
	return item
}

// Get takes the oldest item, and blocks while there is none.
func (q *Queue[T]) Get() (item T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.n == 0 && !q.closed {
		q.notEmpty.Wait()
	}
	if q.n == 0 {
		return item, false
	}
	q.notFull.Signal()
	return q.take(), true
}

// Drain takes all items that are in the queue. It does not block.
func (q *Queue[T]) Drain() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := make([]T, 0, q.n)
	for q.n > 0 {
		items = append(items, q.take())
	}
	q.notFull.Broadcast()
	return items
}

// Close closes the queue to new items.
func (q *Queue[T]) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.notFull.Broadcast()
	q.notEmpty.Broadcast()
}

// Len returns the number of items in the queue, at most its capacity.
func (q *Queue[T]) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return int(q.n)
}
