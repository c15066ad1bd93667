// caught by: explore in TestScheduleDrainLeavesItemsToGet
// Wrong: Drain takes a token for each of its items. A Get may have that token already, find
// nothing, and wait again; then Drain takes the token of an item that came in later.

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
	room   chan struct{} // a token per free place
	filled chan struct{} // a token per item
	ended  chan struct{} // closed by Close

	mu     sync.Mutex // guards items and closed
	items  []T
	closed bool
}

// New returns an open, empty queue with room for capacity items, which is at least 1.
func New[T any](capacity int) *Queue[T] {
	q := &Queue[T]{
		room:   make(chan struct{}, capacity),
		filled: make(chan struct{}, capacity),
		ended:  make(chan struct{}),
	}
	for range capacity {
		q.room <- struct{}{}
	}
	return q
}

// Put adds items in order, and blocks while the queue is full. Each item can be taken
// as soon as it is in the queue, even while Put still waits for room for the next. It
// returns the number of items added. If the queue is closed before all are, n is less
// than len(items) and err is ErrClosed.
func (q *Queue[T]) Put(items ...T) (n int, err error) {
	for _, item := range items {
		select {
		case <-q.room:
		case <-q.ended:
			return n, ErrClosed
		}
		q.mu.Lock()
		if q.closed {
			q.mu.Unlock()
			return n, ErrClosed
		}
		q.items = append(q.items, item)
		q.mu.Unlock()
		n++
		select {
		case q.filled <- struct{}{}:
		default: // as many tokens as can be items
		}
	}
	return n, nil
}

// Get takes the oldest item, and blocks while there is none. If the queue is closed
// and empty, so that no item can come any more, ok is false.
func (q *Queue[T]) Get() (item T, ok bool) {
	for {
		select {
		case <-q.filled:
		case <-q.ended:
		}
		q.mu.Lock()
		if len(q.items) > 0 {
			item, q.items = q.items[0], q.items[1:]
			q.mu.Unlock()
			q.room <- struct{}{}
			return item, true
		}
		closed := q.closed
		q.mu.Unlock()
		if closed {
			return item, false
		}
	}
}

// Drain takes all items that are in the queue. It does not block.
func (q *Queue[T]) Drain() []T {
	q.mu.Lock()
	items := q.items
	q.items = nil
	q.mu.Unlock()
	for range items { // their tokens go with them
		select {
		case <-q.filled:
		default: // that one has not been added yet
		}
		q.room <- struct{}{}
	}
	return items
}

// Close closes the queue to new items; items that are in it can still be taken. Calls
// that wait for room, or for items that will not come, return. Closing a closed queue
// has no effect.
func (q *Queue[T]) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		q.closed = true
		close(q.ended)
	}
}

// Len returns the number of items in the queue, at most its capacity.
func (q *Queue[T]) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items)
}
