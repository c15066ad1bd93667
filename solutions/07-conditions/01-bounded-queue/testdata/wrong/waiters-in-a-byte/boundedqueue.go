// caught by: tests, leak or repeat in TestLargeNumbers
// Wrong: it wakes nobody if nobody waits, and 256 waiting calls make the count zero.

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
	items    []T
	capacity int
	closed   bool
	waiting  uint8 // calls; if none, there is nothing to wake
}

// New returns an open, empty queue with room for capacity items, at least 1.
func New[T any](capacity int) *Queue[T] {
	q := &Queue[T]{capacity: capacity}
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
		for len(q.items) >= q.capacity && !q.closed {
			q.waiting++
			q.changed.Wait()
			q.waiting--
		}
		if q.closed {
			return n, ErrClosed
		}
		q.items = append(q.items, item)
		n++
		q.wake()
	}
	return n, nil
}

// Get takes the oldest item, and waits as long as there is none. ok is false
// if the queue is closed and empty: nothing will come any more.
func (q *Queue[T]) Get() (item T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && !q.closed {
		q.waiting++
		q.changed.Wait()
		q.waiting--
	}
	if len(q.items) == 0 {
		return item, false
	}
	item, q.items = q.items[0], q.items[1:]
	q.wake()
	return item, true
}

// Drain takes all that is in the queue. It does not wait.
func (q *Queue[T]) Drain() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.items
	q.items = nil
	q.wake()
	return items
}

// Close lets nothing more in. What is in the queue can still be taken. Who
// waits to put, or has nothing left to get, is sent home. A second Close does
// nothing.
func (q *Queue[T]) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.wake()
}

func (q *Queue[T]) wake() {
	if q.waiting > 0 {
		q.changed.Broadcast()
	}
}

// Len returns how many items are in the queue, at most its capacity.
func (q *Queue[T]) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items)
}
