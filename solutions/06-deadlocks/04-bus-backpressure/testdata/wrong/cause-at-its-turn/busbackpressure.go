// caught by: explore in TestScheduleTurnIsCancelled
// Wrong: If its context has ended when it is its turn, it returns the cause.

// Package busbackpressure passes events on to everything that has subscribed to them.
package busbackpressure

import (
	"context"
	"slices"
	"sync"
)

// Bus gives each published event to all its subscriptions.
type Bus[E any] struct {
	turn chan struct{} // holds one element while a Publish gives its event
	mu   sync.Mutex    // guards subs
	subs []*Subscription[E]
}

// Subscription is one reader's share of a Bus.
type Subscription[E any] struct {
	bus    *Bus[E]
	events chan E
	once   sync.Once
	ended  chan struct{}
	giving sync.Mutex // held while an event is given to it
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
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	case <-ctx.Done():
		return ctx.Err()
	}
	b.mu.Lock()
	subs := slices.Clone(b.subs)
	b.mu.Unlock()
	for i, s := range subs {
		subs[i] = nil
		if err := s.give(ctx, event); err != nil {
			return err
		}
	}
	return nil
}

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
	case <-s.ended:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// Events returns the channel from which the events are received.
func (s *Subscription[E]) Events() <-chan E { return s.events }

// Unsubscribe ends the subscription.
func (s *Subscription[E]) Unsubscribe() {
	s.once.Do(func() {
		close(s.ended)
		s.bus.remove(s)
		s.giving.Lock()
		defer s.giving.Unlock()
		close(s.events)
	})
}

func (b *Bus[E]) remove(s *Subscription[E]) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.Index(b.subs, s); i >= 0 {
		b.subs = slices.Delete(b.subs, i, i+1)
	}
}
