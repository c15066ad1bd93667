// caught by: explore in TestScheduleDrainMeetsOthers
// Wrong: a buffered channel is a bounded queue, and this one is closed only when no
// goroutine can be sending. But Drain receives item by item, so a concurrent Get takes
// one from the middle: what Drain returns was never the content of the queue.

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
	ch      chan T
	done    chan struct{} // closed first: no more items are accepted
	senders sync.RWMutex  // each Put holds it for reading: ch is closed once all have returned
	once    sync.Once
}

// New returns an open, empty queue with room for capacity items, which is at least 1.
func New[T any](capacity int) *Queue[T] {
	return &Queue[T]{ch: make(chan T, capacity), done: make(chan struct{})}
}

// Put adds items in order, and blocks while the queue is full. Each item can be taken
// as soon as it is in the queue, even while Put still waits for room for the next. It
// returns the number of items added. If the queue is closed before all are, n is less
// than len(items) and err is ErrClosed.
func (q *Queue[T]) Put(items ...T) (n int, err error) {
	q.senders.RLock()
	defer q.senders.RUnlock()
	for _, item := range items {
		select {
		case <-q.done:
			return n, ErrClosed
		default:
		}
		select {
		case q.ch <- item:
			n++
		case <-q.done:
			return n, ErrClosed
		}
	}
	return n, nil
}

// Get takes the oldest item, and blocks while there is none. If the queue is closed
// and empty, so that no item can come any more, ok is false.
func (q *Queue[T]) Get() (item T, ok bool) {
	item, ok = <-q.ch
	return item, ok
}

// Drain takes all items that are in the queue. It does not block.
func (q *Queue[T]) Drain() []T {
	var items []T
	for range cap(q.ch) {
		select {
		case item, ok := <-q.ch:
			if !ok {
				return items
			}
			items = append(items, item)
		default:
			return items
		}
	}
	return items
}

// Close closes the queue to new items; items that are in it can still be taken. Calls
// that wait for room, or for items that will not come, return. Closing a closed queue
// has no effect.
func (q *Queue[T]) Close() {
	q.once.Do(func() {
		close(q.done)
		q.senders.Lock()
		defer q.senders.Unlock()
		close(q.ch)
	})
}

// Len returns the number of items in the queue, at most its capacity.
func (q *Queue[T]) Len() int {
	return len(q.ch)
}
