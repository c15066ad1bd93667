// caught by: tests in TestEndedSubscriptionsAreForgotten
// Wrong: what ends while a Publish waits is removed when that returns, and a slow reader may take years.

// Package busbackpressure passes events on to everything that has subscribed to them.
package busbackpressure

import (
	"context"
	"slices"
	"sync"
)

// Bus gives each published event to all its subscriptions.
type Bus[E any] struct {
	turn chan struct{} // the Publish that has put something into it gives its event

	mu   sync.Mutex // guards subs, for a moment only
	subs []*Subscription[E]
}

// Subscription is one reader's share of a Bus.
type Subscription[E any] struct {
	bus    *Bus[E]
	events chan E
	ended  chan struct{} // closed when it is to end
	leave  sync.Once
	send   sync.Mutex // held during a send
}

// New returns a Bus without subscriptions.
func New[E any]() *Bus[E] { return &Bus[E]{turn: make(chan struct{}, 1)} }

// Subscribe adds a subscription with room for so many events.
func (b *Bus[E]) Subscribe(room int) *Subscription[E] {
	s := &Subscription[E]{bus: b, events: make(chan E, room), ended: make(chan struct{})}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subs = append(b.subs, s)
	return s
}

// Publish gives an event to all subscriptions, in the order in which they were made.
func (b *Bus[E]) Publish(ctx context.Context, event E) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	select {
	case b.turn <- struct{}{}:
		defer b.clean()
	case <-ctx.Done():
		return ctx.Err()
	}
	for _, s := range b.all() {
		if err := s.give(ctx, event); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bus[E]) all() []*Subscription[E] {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.subs)
}

func (s *Subscription[E]) give(ctx context.Context, event E) error {
	s.send.Lock()
	defer s.send.Unlock()
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
	s.leave.Do(func() {
		close(s.ended)
		s.send.Lock()
		close(s.events)
		s.send.Unlock()
		select {
		case s.bus.turn <- struct{}{}:
			s.bus.clean()
		default: // the one that has the turn cleans up behind it
		}
	})
}

// clean removes what has ended, and passes the turn on.
func (b *Bus[E]) clean() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subs = slices.DeleteFunc(b.subs, (*Subscription[E]).hasEnded)
	<-b.turn
}

func (s *Subscription[E]) hasEnded() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}
