// caught by: explore in TestScheduleDrainMeetsOthers
// Wrong: a buffered channel is a bounded queue, and this closes it when nobody can
// be sending. But Drain receives item by item, and a Get beside it takes one from the
// middle: what Drain returns was in the queue at no moment.

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
	ch      chan T
	done    chan struct{} // closed first: no more items
	senders sync.RWMutex  // held for reading by each Put: ch is closed when all have left
	once    sync.Once
}

// New returns an open, empty queue with room for capacity items, at least 1.
func New[T any](capacity int) *Queue[T] {
	return &Queue[T]{ch: make(chan T, capacity), done: make(chan struct{})}
}

// Put adds items, in order, and waits as long as the queue is full. Each item
// can be taken as soon as it is in, also while Put still waits for room for the
// next. It returns how many it has added: if the queue is closed before it has
// taken them all, n is less than len(items) and err is ErrClosed.
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

// Get takes the oldest item, and waits as long as there is none. ok is false
// if the queue is closed and empty: nothing will come any more.
func (q *Queue[T]) Get() (item T, ok bool) {
	item, ok = <-q.ch
	return item, ok
}

// Drain takes all that is in the queue. It does not wait.
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

// Close lets nothing more in. What is in the queue can still be taken. Who
// waits to put, or has nothing left to get, is sent home. A second Close does
// nothing.
func (q *Queue[T]) Close() {
	q.once.Do(func() {
		close(q.done)
		q.senders.Lock()
		defer q.senders.Unlock()
		close(q.ch)
	})
}

// Len returns how many items are in the queue, at most its capacity.
func (q *Queue[T]) Len() int {
	return len(q.ch)
}
