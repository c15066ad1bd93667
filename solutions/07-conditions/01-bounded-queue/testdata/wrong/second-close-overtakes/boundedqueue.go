// caught by: explore in TestScheduleTwoCloses
// Wrong: the second call of Close returns before the first one has closed the queue, and a Put after it adds
// its items.

package boundedqueue

import (
	"errors"
	"sync"
	"sync/atomic"
)

var ErrClosed = errors.New("queue is closed")

func New[T any](capacity int) *Queue[T] {
	q := &Queue[T]{capacity: capacity}
	q.room, q.some = sync.NewCond(&q.mu), sync.NewCond(&q.mu)
	return q
}

func (q *Queue[T]) Close() {
	if !q.closing.CompareAndSwap(false, true) {
		return // it is closed already
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.room.Broadcast()
	q.some.Broadcast()
}

func (q *Queue[T]) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items)
}

type Queue[T any] struct {
	mu         sync.Mutex
	room, some *sync.Cond
	items      []T
	capacity   int
	closing    atomic.Bool
	closed     bool
}

func (q *Queue[T]) Put(items ...T) (n int, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, item := range items {
		for len(q.items) >= q.capacity && !q.closed {
			q.room.Wait()
		}
		if q.closed {
			return n, ErrClosed
		}
		q.items = append(q.items, item)
		n++
		q.some.Signal()
	}
	return n, nil
}

func (q *Queue[T]) Get() (item T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && !q.closed {
		q.some.Wait()
	}
	if len(q.items) == 0 {
		return item, false
	}
	var zero T
	item, q.items[0] = q.items[0], zero
	q.items = q.items[1:]
	q.room.Signal()
	return item, true
}

func (q *Queue[T]) Drain() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.items
	q.items = nil
	q.room.Broadcast()
	return items
}
