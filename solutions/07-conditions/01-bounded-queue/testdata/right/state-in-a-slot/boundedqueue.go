// Right: instead of a lock, a channel with a buffer of one holds the state. The
// goroutine that has received it may change it, and then wakes all waiters.

// Package boundedqueue passes items from producers to consumers, and never holds more
// items than it has room for.
package boundedqueue

import "errors"

// ErrClosed means that a Queue accepts no more items.
var ErrClosed = errors.New("queue is closed")

// Queue is a first-in, first-out queue of bounded length.
type Queue[T any] struct {
	state chan state[T] // whichever goroutine receives it may use it, and sends it back
}

type state[T any] struct {
	items    []T
	capacity int
	closed   bool
	changed  chan struct{} // closed when the state changes
}

// New returns an open, empty queue with room for capacity items, which is at least 1.
func New[T any](capacity int) *Queue[T] {
	q := &Queue[T]{state: make(chan state[T], 1)}
	q.state <- state[T]{capacity: capacity, changed: make(chan struct{})}
	return q
}

// when receives the state once ready reports true for it.
func (q *Queue[T]) when(ready func(state[T]) bool) state[T] {
	for {
		s := <-q.state
		if ready(s) {
			return s
		}
		q.state <- s
		<-s.changed
	}
}

func (q *Queue[T]) put(s state[T]) {
	close(s.changed)
	s.changed = make(chan struct{})
	q.state <- s
}

// Put adds items.
func (q *Queue[T]) Put(items ...T) (n int, err error) {
	for _, item := range items {
		s := q.when(func(s state[T]) bool { return s.closed || len(s.items) < s.capacity })
		if s.closed {
			q.state <- s
			return n, ErrClosed
		}
		s.items = append(s.items, item)
		n++
		q.put(s)
	}
	return n, nil
}

// Get takes the oldest item.
func (q *Queue[T]) Get() (item T, ok bool) {
	s := q.when(func(s state[T]) bool { return s.closed || len(s.items) > 0 })
	if len(s.items) == 0 {
		q.state <- s
		return item, false
	}
	item, s.items = s.items[0], s.items[1:]
	q.put(s)
	return item, true
}

// Drain takes all items.
func (q *Queue[T]) Drain() []T {
	s := <-q.state
	items := s.items
	s.items = nil
	q.put(s)
	return items
}

// Close closes the queue to new items.
func (q *Queue[T]) Close() {
	s := <-q.state
	s.closed = true
	q.put(s)
}

// Len returns the number of items in the queue.
func (q *Queue[T]) Len() int {
	s := <-q.state
	defer func() { q.state <- s }()
	return len(s.items)
}
