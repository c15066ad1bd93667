// caught by: tests in TestTwoQueues
// Wrong: all queues share one lock and its conditions, so Signal may wake a goroutine that waits at another queue

// Package boundedqueue passes items from producers to consumers, and never holds more
// items than it has room for.
package boundedqueue

import (
	"errors"
	"sync"
)

// ErrClosed means that a Queue accepts no more items.
var ErrClosed = errors.New("queue is closed")

// A call holds mu for a moment only: one for all queues is enough.
var (
	mu       sync.Mutex
	notFull  = sync.NewCond(&mu)
	notEmpty = sync.NewCond(&mu)
)

// Queue is a first-in, first-out queue of bounded length. All its methods are safe
// for concurrent use.
//
// No Get blocks while there is an item, and no Put while there is room. No call
// holds a lock while it waits. Every item that Put accepts goes to exactly one
// Get or Drain.
type Queue[T any] struct {
	items    []T
	capacity int
	closed   bool
}

// New returns an open, empty queue with room for capacity items, which is at least 1.
func New[T any](capacity int) *Queue[T] {
	q := &Queue[T]{capacity: capacity}
	return q
}

// Put adds items in order, and blocks while the queue is full. Each item can be taken
// as soon as it is in the queue, even while Put still waits for room for the next. It
// returns the number of items added. If the queue is closed before all are, n is less
// than len(items) and err is ErrClosed.
func (q *Queue[T]) Put(items ...T) (n int, err error) {
	mu.Lock()
	defer mu.Unlock()
	for _, item := range items {
		for len(q.items) >= q.capacity && !q.closed {
			notFull.Wait()
		}
		if q.closed {
			return n, ErrClosed
		}
		q.items = append(q.items, item)
		n++
		notEmpty.Signal()
	}
	return n, nil
}

// Get takes the oldest item, and blocks while there is none. If the queue is closed
// and empty, so that no item can come any more, ok is false.
func (q *Queue[T]) Get() (item T, ok bool) {
	mu.Lock()
	defer mu.Unlock()
	for len(q.items) == 0 && !q.closed {
		notEmpty.Wait()
	}
	if len(q.items) == 0 {
		return item, false
	}
	var none T
	item, q.items[0] = q.items[0], none
	q.items = q.items[1:]
	notFull.Signal()
	return item, true
}

// Drain takes all items that are in the queue. It does not block.
func (q *Queue[T]) Drain() []T {
	mu.Lock()
	defer mu.Unlock()
	items := q.items
	q.items = nil
	notFull.Broadcast()
	return items
}

// Close closes the queue to new items; items that are in it can still be taken. Calls
// that wait for room, or for items that will not come, return. Closing a closed queue
// has no effect.
func (q *Queue[T]) Close() {
	mu.Lock()
	defer mu.Unlock()
	q.closed = true
	notFull.Broadcast()
	notEmpty.Broadcast()
}

// Len returns the number of items in the queue, at most its capacity.
func (q *Queue[T]) Len() int {
	mu.Lock()
	defer mu.Unlock()
	return len(q.items)
}
