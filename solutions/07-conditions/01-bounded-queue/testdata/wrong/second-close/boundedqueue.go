// caught by: explore in TestScheduleManyCalls
// Wrong: a second Close returns although the first is not done, and a Put after it is accepted.

// Package boundedqueue passes items from producers to consumers, and never holds more
// items than it has room for.
package boundedqueue

import (
	"errors"
	"sync"
	"sync/atomic"
)

// ErrClosed means that a Queue accepts no more items.
var ErrClosed = errors.New("queue is closed")

// Queue is a first-in, first-out queue of bounded length.
type Queue[T any] struct {
	closing  atomic.Bool // a Close has begun, another one has nothing to do
	mu       sync.Mutex
	notFull  *sync.Cond
	notEmpty *sync.Cond
	items    []T
	capacity int
	closed   bool
}

// New returns an open, empty queue with room for capacity items, which is at least 1.
func New[T any](capacity int) *Queue[T] {
	q := &Queue[T]{capacity: capacity}
	q.notFull, q.notEmpty = sync.NewCond(&q.mu), sync.NewCond(&q.mu)
	return q
}

// Put adds items in order, and blocks while the queue is full.
func (q *Queue[T]) Put(items ...T) (n int, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, item := range items {
		for len(q.items) >= q.capacity && !q.closed {
			q.notFull.Wait()
		}
		if q.closed {
			return n, ErrClosed
		}
		q.items = append(q.items, item)
		n++
		q.notEmpty.Signal()
	}
	return n, nil
}

// Get takes the oldest item, and blocks while there is none.
func (q *Queue[T]) Get() (item T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && !q.closed {
		q.notEmpty.Wait()
	}
	if len(q.items) == 0 {
		return item, false
	}
	var none T
	item, q.items[0] = q.items[0], none
	q.items = q.items[1:]
	q.notFull.Signal()
	return item, true
}

// Drain takes all items that are in the queue. It does not block.
func (q *Queue[T]) Drain() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.items
	q.items = nil
	q.notFull.Broadcast()
	return items
}

// Close closes the queue to new items.
func (q *Queue[T]) Close() {
	if !q.closing.CompareAndSwap(false, true) {
		return
	}
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
	return len(q.items)
}
