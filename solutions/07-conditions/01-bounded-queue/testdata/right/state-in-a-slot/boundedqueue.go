// Right: no lock, but a channel with room for the state. Whoever has taken it out may
// change it, and tells all who wait that it has changed.

// Package boundedqueue hands items from those who bring them in to those who
// work on them, and never holds more than it has room for.
package boundedqueue

import "errors"

// ErrClosed says that a Queue takes no more items.
var ErrClosed = errors.New("queue is closed")

// Queue is a queue of bounded length, first in, first out.
type Queue[T any] struct {
	state chan state[T] // whoever has taken it out may look, and puts it back
}

type state[T any] struct {
	items    []T
	capacity int
	closed   bool
	changed  chan struct{} // closed when the state has changed
}

// New returns an open, empty queue with room for capacity items, at least 1.
func New[T any](capacity int) *Queue[T] {
	q := &Queue[T]{state: make(chan state[T], 1)}
	q.state <- state[T]{capacity: capacity, changed: make(chan struct{})}
	return q
}

// when takes the state out as soon as it is as it has to be.
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

// Drain takes all.
func (q *Queue[T]) Drain() []T {
	s := <-q.state
	items := s.items
	s.items = nil
	q.put(s)
	return items
}

// Close lets nothing more in.
func (q *Queue[T]) Close() {
	s := <-q.state
	s.closed = true
	q.put(s)
}

// Len returns how many items are in the queue.
func (q *Queue[T]) Len() int {
	s := <-q.state
	defer func() { q.state <- s }()
	return len(s.items)
}
