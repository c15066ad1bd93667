// Right: one goroutine owns the items, and ends when the queue is closed and empty.
// All others send it requests.

// Package boundedqueue passes items from producers to consumers, and never holds more
// items than it has room for.
package boundedqueue

import "errors"

// ErrClosed means that a Queue accepts no more items.
var ErrClosed = errors.New("queue is closed")

// Queue is a first-in, first-out queue of bounded length. One goroutine owns its items
// until it is closed and empty.
type Queue[T any] struct {
	in     chan T
	out    chan T
	drain  chan chan []T
	length chan chan int
	close  chan struct{}
	closed chan struct{} // closed: no more items are accepted
	empty  chan struct{} // closed: no more items will come out
}

// New returns an open, empty queue with room for capacity items, which is at least 1.
func New[T any](capacity int) *Queue[T] {
	q := &Queue[T]{
		in: make(chan T), out: make(chan T), drain: make(chan chan []T), length: make(chan chan int),
		close: make(chan struct{}), closed: make(chan struct{}), empty: make(chan struct{}),
	}
	go q.own(capacity)
	return q
}

func (q *Queue[T]) own(capacity int) {
	defer close(q.empty)
	var items []T
	open := true
	for open || len(items) > 0 {
		var in, out chan T
		var first T
		if open && len(items) < capacity {
			in = q.in
		}
		if len(items) > 0 {
			out, first = q.out, items[0]
		}
		select {
		case item := <-in:
			items = append(items, item)
		case out <- first:
			items = items[1:]
		case answer := <-q.drain:
			answer <- items
			items = nil
		case answer := <-q.length:
			answer <- len(items)
		case <-q.close:
			if open {
				close(q.closed)
			}
			open = false
		}
	}
}

// Put adds items.
func (q *Queue[T]) Put(items ...T) (n int, err error) {
	for _, item := range items {
		select {
		case q.in <- item:
			n++
		case <-q.closed:
			return n, ErrClosed
		}
	}
	return n, nil
}

// Get takes the oldest item.
func (q *Queue[T]) Get() (item T, ok bool) {
	select {
	case item = <-q.out:
		return item, true
	case <-q.empty:
		return item, false
	}
}

// Drain takes all items.
func (q *Queue[T]) Drain() []T {
	answer := make(chan []T, 1)
	select {
	case q.drain <- answer:
		return <-answer
	case <-q.empty:
		return nil
	}
}

// Close closes the queue to new items.
func (q *Queue[T]) Close() {
	select {
	case q.close <- struct{}{}:
	case <-q.empty:
		return
	}
	<-q.closed
}

// Len returns the number of items in the queue.
func (q *Queue[T]) Len() int {
	answer := make(chan int, 1)
	select {
	case q.length <- answer:
		return <-answer
	case <-q.empty:
		return 0
	}
}
