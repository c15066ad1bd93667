// caught by: explore in TestScheduleManyCalls
// Wrong: tokens count the items, but a Drain can take an item before its token is
// sent. Then a Get has a token and no item, and reports that the queue is closed.

// Package boundedqueue passes items from producers to consumers, and never holds more
// items than it has room for.
package boundedqueue

import (
	"errors"
	"sync"
)

// ErrClosed means that a Queue accepts no more items.
var ErrClosed = errors.New("queue is closed")

type Queue[T any] struct {
	mu           sync.Mutex
	items        []T
	room, filled chan struct{}
	done         chan struct{}
	once         sync.Once
	senders      sync.RWMutex
}

func New[T any](capacity int) *Queue[T] {
	return &Queue[T]{room: make(chan struct{}, capacity), filled: make(chan struct{}, capacity), done: make(chan struct{})}
}

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
		case q.room <- struct{}{}:
		case <-q.done:
			return n, ErrClosed
		}
		q.mu.Lock()
		q.items = append(q.items, item)
		q.mu.Unlock()
		n++
		q.filled <- struct{}{}
	}
	return n, nil
}

func (q *Queue[T]) Get() (item T, ok bool) {
	_, more := <-q.filled
	if !more {
		return item, false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 {
		return item, false
	}
	item, q.items = q.items[0], q.items[1:]
	<-q.room
	return item, true
}

func (q *Queue[T]) Drain() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.items
	q.items = nil
	for range items {
		<-q.room
		select {
		case <-q.filled:
		default:
		}
	}
	return items
}

func (q *Queue[T]) Close() {
	q.once.Do(func() {
		close(q.done)
		q.senders.Lock()
		defer q.senders.Unlock()
		close(q.filled)
	})
}

func (q *Queue[T]) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items)
}
