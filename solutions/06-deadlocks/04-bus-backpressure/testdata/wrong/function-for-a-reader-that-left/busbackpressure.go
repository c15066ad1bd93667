// caught by: explore in TestScheduleReaderLeaves
// Wrong: if the subscription ends while Publish waits for it, the function that waits for the context is not stopped.

// Package busbackpressure passes events on to everything that has subscribed to them.
package busbackpressure

import (
	"context"
	"slices"
	"sync"
)

// Bus gives each published event to all its subscriptions.
type Bus[E any] struct {
	turn chan struct{} // has one element while a Publish has its turn
	mu   sync.Mutex    // guards subs
	subs []*Subscription[E]
}

// Subscription is one reader's share of a Bus.
type Subscription[E any] struct {
	bus    *Bus[E]
	events chan E
	ended  chan struct{}
	once   sync.Once
	giving sync.Mutex // held by a Publish that gives its event
}

// New returns a Bus without subscriptions.
func New[E any]() *Bus[E] { return &Bus[E]{turn: make(chan struct{}, 1)} }

// Subscribe adds a subscription.
func (b *Bus[E]) Subscribe(room int) *Subscription[E] {
	s := &Subscription[E]{bus: b, events: make(chan E, room), ended: make(chan struct{})}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subs = append(b.subs, s)
	return s
}

// Publish gives an event to all subscriptions.
func (b *Bus[E]) Publish(ctx context.Context, event E) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	b.mu.Lock()
	none := len(b.subs) == 0
	b.mu.Unlock()
	if none { // no subscription to give it to
		return nil
	}
	select {
	case b.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-b.turn }()
	b.mu.Lock()
	subs := slices.Clone(b.subs)
	b.mu.Unlock()
	for _, s := range subs {
		if err := s.give(ctx, event); err != nil {
			return err
		}
	}
	return nil
}

// give gives an event, unless the subscription ends.
func (s *Subscription[E]) give(ctx context.Context, event E) error {
	s.giving.Lock()
	defer s.giving.Unlock()
	select {
	case <-s.ended:
		return nil
	default:
	}
	select {
	case s.events <- event:
		return nil
	default: // no room
	}
	over := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { close(over) })
	select {
	case s.events <- event:
		stop()
		return nil
	case <-s.ended:
		return nil
	case <-over:
		return ctx.Err()
	}
}

// Events returns the channel from which the events are received.
func (s *Subscription[E]) Events() <-chan E { return s.events }

// Unsubscribe ends the subscription.
func (s *Subscription[E]) Unsubscribe() {
	s.once.Do(func() {
		close(s.ended)
		s.giving.Lock()
		defer s.giving.Unlock()
		close(s.events)
		s.bus.mu.Lock()
		defer s.bus.mu.Unlock()
		if i := slices.Index(s.bus.subs, s); i >= 0 {
			s.bus.subs = slices.Delete(s.bus.subs, i, i+1)
		}
	})
}
