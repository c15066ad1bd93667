// caught by: tests in TestReaderLeaves
// Wrong: if the lock is taken, Unsubscribe does nothing.

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
	mu   sync.Mutex // guards subs
	subs []*Subscription[E]
}

// Subscription is one reader's share of a Bus.
type Subscription[E any] struct {
	bus    *Bus[E]
	events chan E
}

// New returns a Bus without subscriptions.
func New[E any]() *Bus[E] { return &Bus[E]{} }

// Subscribe adds a subscription with room for that many events that have not been
// received yet: at least one.
func (b *Bus[E]) Subscribe(room int) *Subscription[E] {
	s := &Subscription[E]{bus: b, events: make(chan E, room)}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subs = append(b.subs, s)
	return s
}

// Publish gives an event to all subscriptions, in the order in which they were made, and
// waits at each that has no room. If ctx is done meanwhile, it returns the error of ctx.
func (b *Bus[E]) Publish(ctx context.Context, event E) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, s := range b.subs {
		select {
		case s.events <- event:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Events returns the channel from which the events are received. It is closed when the
// subscription ends.
func (s *Subscription[E]) Events() <-chan E { return s.events }

// Unsubscribe ends the subscription: it gets no more events. What it already has can
// still be received. Once it has ended, Unsubscribe has no effect.
func (s *Subscription[E]) Unsubscribe() {
	if !s.bus.mu.TryLock() {
		return
	}
	defer s.bus.mu.Unlock()
	if s.bus.remove(s) {
		close(s.events)
	}
}

// remove removes a subscription, and reports whether it was there. The caller holds mu.
func (b *Bus[E]) remove(s *Subscription[E]) bool {
	i := slices.Index(b.subs, s)
	if i < 0 {
		return false
	}
	last := len(b.subs) - 1
	copy(b.subs[i:], b.subs[i+1:])
	b.subs[last] = nil // so that it can be collected
	b.subs = b.subs[:last]
	return true
}
