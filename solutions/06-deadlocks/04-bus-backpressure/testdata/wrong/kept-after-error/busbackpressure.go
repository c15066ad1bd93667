// caught by: tests in TestEndedSubscriptionsAreForgotten
// Wrong: a Publish that gives up leaves the subscriptions in an array that is used again.

// Package busbackpressure passes events on to everything that has subscribed to them.
package busbackpressure

import (
	"context"
	"slices"
	"sync"
)

// Bus gives each published event to all its subscriptions. If one has no room, Publish
// waits for it: no event is lost.
//
// The methods of a Bus and of its subscriptions may be called from many goroutines at once.
type Bus[E any] struct {
	turn chan struct{}      // holds a token while a Publish gives its event
	now  []*Subscription[E] // those that the Publish whose turn it is comes to, kept for its array
	mu   sync.Mutex         // guards subs
	subs []*Subscription[E]
}

// Subscription is one reader's share of a Bus.
type Subscription[E any] struct {
	bus    *Bus[E]
	events chan E
	ended  chan struct{} // closed first when the subscription ends
	once   sync.Once
	mu     sync.Mutex // held while a Publish is at the channel, and to close that
}

// New returns a Bus without subscriptions.
func New[E any]() *Bus[E] { return &Bus[E]{turn: make(chan struct{}, 1)} }

// Subscribe adds a subscription with room for that many events that have not been
// received yet: at least one.
func (b *Bus[E]) Subscribe(room int) *Subscription[E] {
	s := &Subscription[E]{bus: b, events: make(chan E, room), ended: make(chan struct{})}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subs = append(b.subs, s)
	return s
}

// Publish gives an event to all subscriptions, in the order in which they were made, and
// waits at each that has no room. If ctx is done meanwhile, it returns the error of ctx.
func (b *Bus[E]) Publish(ctx context.Context, event E) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	b.mu.Lock()
	b.now = append(b.now[:0], b.subs...)
	b.mu.Unlock()
	for _, s := range b.now {
		if err := s.give(ctx, event); err != nil {
			return err
		}
	}
	clear(b.now) // so that they can be collected
	return nil
}

// give waits for room.
func (s *Subscription[E]) give(ctx context.Context, event E) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.ended:
		return nil
	default:
	}
	select {
	case s.events <- event:
	case <-s.ended:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// Events returns the channel from which the events are received. It is closed when the
// subscription ends.
func (s *Subscription[E]) Events() <-chan E { return s.events }

// Unsubscribe ends the subscription: it gets no more events. What it already has can
// still be received. Once it has ended, Unsubscribe has no effect.
func (s *Subscription[E]) Unsubscribe() {
	s.once.Do(func() {
		s.bus.forget(s)
		close(s.ended) // so that a Publish that waits goes on
		s.mu.Lock()
		defer s.mu.Unlock()
		close(s.events)
	})
}

// forget removes a subscription.
func (b *Bus[E]) forget(s *Subscription[E]) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.Index(b.subs, s); i >= 0 {
		b.subs = slices.Delete(b.subs, i, i+1)
	}
}
