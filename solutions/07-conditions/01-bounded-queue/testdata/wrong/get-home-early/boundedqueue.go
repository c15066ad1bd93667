// caught by: explore in TestScheduleCloseMeetsWorker
// Wrong: any Get that is woken at a closed queue gives up. There may be an item left
// that was added before the queue was closed.

// Package boundedqueue passes items from producers to consumers, and never holds more
// items than it has room for.
package boundedqueue

import (
	"errors"
	"sync"
)

// ErrClosed means that a Queue accepts no more items.
var ErrClosed = errors.New("queue is closed")

// Queue is a first-in, first-out queue of bounded length. All its methods are safe
// for concurrent use.
//
// No Get blocks while there is an item, and no Put while there is room. No call
// holds a lock while it waits. Every item that Put accepts goes to exactly one
// Get or Drain.
type Queue[T any] struct {
	mu       sync.Mutex // guards items and closed
	changed  *sync.Cond // items or closed has changed
	items    []T
	capacity int
	closed   bool
}

// New returns an open, empty queue with room for capacity items, which is at least 1.
func New[T any](capacity int) *Queue[T] {
	q := &Queue[T]{capacity: capacity}
	q.changed = sync.NewCond(&q.mu)
	return q
}

// Put adds items in order, and blocks while the queue is full. Each item can be taken
// as soon as it is in the queue, even while Put still waits for room for the next. It
// returns the number of items added. If the queue is closed before all are, n is less
// than len(items) and err is ErrClosed.
func (q *Queue[T]) Put(items ...T) (n int, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, item := range items {
		for len(q.items) >= q.capacity && !q.closed {
			q.changed.Wait()
		}
		if q.closed {
			return n, ErrClosed
		}
		q.items = append(q.items, item)
		n++
		q.changed.Broadcast()
	}
	return n, nil
}

// Get takes the oldest item, and blocks while there is none. If the queue is closed
// and empty, so that no item can come any more, ok is false.
func (q *Queue[T]) Get() (item T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && !q.closed {
		q.changed.Wait()
		if q.closed {
			return item, false
		}
	}
	if len(q.items) == 0 {
		return item, false
	}
	item, q.items = q.items[0], q.items[1:]
	q.changed.Broadcast()
	return item, true
}

// Drain takes all items that are in the queue. It does not block.
func (q *Queue[T]) Drain() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.items
	q.items = nil
	q.changed.Broadcast()
	return items
}

// Close closes the queue to new items; items that are in it can still be taken. Calls
// that wait for room, or for items that will not come, return. Closing a closed queue
// has no effect.
func (q *Queue[T]) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.changed.Broadcast()
}

// Len returns the number of items in the queue, at most its capacity.
func (q *Queue[T]) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items)
}
