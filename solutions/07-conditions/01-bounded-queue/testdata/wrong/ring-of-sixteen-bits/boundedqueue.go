// caught by: tests or repeat in TestLargeNumbers
// Wrong: an index of 16 bits comes round after 65,536 items, which is not a multiple of
// the length of the ring.

// Package boundedqueue hands items from those who bring them in to those who
// work on them, and never holds more than it has room for.
package boundedqueue

import (
	"errors"
	"sync"
)

// ErrClosed says that a Queue takes no more items.
var ErrClosed = errors.New("queue is closed")

// Queue is a queue of bounded length, first in, first out. All its methods may
// be called from many goroutines at once.
//
// Nobody waits without a reason: no Get while there is an item, no Put while
// there is room. Nobody holds a lock while waiting. Every item that Put has
// accepted goes to exactly one Get or Drain.
type Queue[T any] struct {
	mu       sync.Mutex // guards items and closed
	changed  *sync.Cond // items or closed is no longer what it was
	ring     []T
	head     uint16 // where the oldest is
	n        int
	capacity int
	closed   bool
}

// New returns an open, empty queue with room for capacity items, at least 1.
func New[T any](capacity int) *Queue[T] {
	q := &Queue[T]{capacity: capacity, ring: make([]T, capacity)}
	q.changed = sync.NewCond(&q.mu)
	return q
}

// Put adds items, in order, and waits as long as the queue is full. Each item
// can be taken as soon as it is in, also while Put still waits for room for the
// next. It returns how many it has added: if the queue is closed before it has
// taken them all, n is less than len(items) and err is ErrClosed.
func (q *Queue[T]) Put(items ...T) (n int, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, item := range items {
		for q.n >= q.capacity && !q.closed {
			q.changed.Wait()
		}
		if q.closed {
			return n, ErrClosed
		}
		q.ring[int(q.head+uint16(q.n))%q.capacity] = item
		q.n++
		n++
		q.changed.Broadcast()
	}
	return n, nil
}

// Get takes the oldest item, and waits as long as there is none. ok is false
// if the queue is closed and empty: nothing will come any more.
func (q *Queue[T]) Get() (item T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.n == 0 && !q.closed {
		q.changed.Wait()
	}
	if q.n == 0 {
		return item, false
	}
	item = q.take()
	q.changed.Broadcast()
	return item, true
}

func (q *Queue[T]) take() T {
	item := q.ring[int(q.head)%q.capacity]
	q.head++
	q.n--
	return item
}

// Drain takes all that is in the queue. It does not wait.
func (q *Queue[T]) Drain() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	var items []T
	for q.n > 0 {
		items = append(items, q.take())
	}
	q.changed.Broadcast()
	return items
}

// Close lets nothing more in. What is in the queue can still be taken. Who
// waits to put, or has nothing left to get, is sent home. A second Close does
// nothing.
func (q *Queue[T]) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.changed.Broadcast()
}

// Len returns how many items are in the queue, at most its capacity.
func (q *Queue[T]) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.n
}
