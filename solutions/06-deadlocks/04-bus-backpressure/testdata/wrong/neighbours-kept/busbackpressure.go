// caught by: tests in TestEndedSubscriptionsAreForgotten
// Wrong: a subscription that leaves the list keeps its neighbours. So one that its reader
// keeps may keep all that have ended.

// Package busbackpressure passes events on to everything that has subscribed to them.
package busbackpressure

import (
	"context"
	"sync"
)

// Bus gives each published event to all its subscriptions.
type Bus[E any] struct {
	turn chan struct{} // holds a token while a Publish gives its event

	mu   sync.Mutex       // guards the list
	root *Subscription[E] // before the first subscription
	last *Subscription[E]
}

// Subscription is one reader's share of a Bus.
type Subscription[E any] struct {
	bus    *Bus[E]
	events chan E
	ended  chan struct{} // closed before events is

	sending sync.Mutex // held during a send, and by who closes events
	closed  bool

	// guarded by bus.mu
	prev, next *Subscription[E]
	gone       bool
}

// New returns a Bus without subscriptions.
func New[E any]() *Bus[E] {
	root := &Subscription[E]{}
	return &Bus[E]{turn: make(chan struct{}, 1), root: root, last: root}
}

// Subscribe adds a subscription with room for so many events.
func (b *Bus[E]) Subscribe(room int) *Subscription[E] {
	s := &Subscription[E]{bus: b, events: make(chan E, room), ended: make(chan struct{})}
	b.mu.Lock()
	defer b.mu.Unlock()
	s.prev = b.last
	b.last.next = s
	b.last = s
	return s
}

// Publish gives an event to all subscriptions, in the order in which they were made.
func (b *Bus[E]) Publish(ctx context.Context, event E) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	for s := b.after(b.root); s != nil; s = b.after(s) {
		if err := s.send(ctx, event); err != nil {
			return err
		}
	}
	return nil
}

// after returns the subscription that comes after s, which may have ended: then it is the
// one after the last before it that is still there.
func (b *Bus[E]) after(s *Subscription[E]) *Subscription[E] {
	b.mu.Lock()
	defer b.mu.Unlock()
	for s.gone {
		s = s.prev
	}
	return s.next
}

// Events returns the channel from which the events are received.
func (s *Subscription[E]) Events() <-chan E { return s.events }

// send gives an event to a subscription that has not ended.
func (s *Subscription[E]) send(ctx context.Context, event E) error {
	s.sending.Lock()
	defer s.sending.Unlock()
	select {
	case <-s.ended:
		return nil
	default:
	}
	select {
	case s.events <- event:
		return nil
	case <-s.ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Unsubscribe ends the subscription.
func (s *Subscription[E]) Unsubscribe() {
	s.bus.remove(s)
	s.sending.Lock()
	defer s.sending.Unlock()
	if !s.closed {
		s.closed = true
		close(s.events)
	}
}

// remove removes a subscription, and tells a send that it has ended.
func (b *Bus[E]) remove(s *Subscription[E]) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s.gone {
		return
	}
	s.gone = true
	s.prev.next = s.next
	if s.next != nil {
		s.next.prev = s.prev
	} else {
		b.last = s.prev
	}
	s.next = nil // so that one that is kept keeps no others; a Publish goes back to prev
	close(s.ended)
}
