// caught by: tests, race or repeat in TestOtherReadersLeave
// Wrong: Publish takes 64 subscriptions at a time from the list by their places. If one of
// them ends meanwhile, the others move up and the 65th is left out.

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
	turn chan struct{} // holds a token while a Publish gives its event

	mu   sync.Mutex // guards subs
	subs []*Subscription[E]
}

// Subscription is one reader's share of a Bus.
type Subscription[E any] struct {
	bus    *Bus[E]
	events chan E
	ended  chan struct{} // closed when the subscription ends

	sending sync.Mutex // held while an event is given, or events is closed
	closed  bool       // whether events is closed
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
	if ctx.Err() != nil {
		return ctx.Err()
	}
	select {
	case b.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-b.turn }()

	for from := 0; ; from += some {
		subs := b.from(from)
		for _, s := range subs {
			if err := s.give(ctx, event); err != nil {
				return err
			}
		}
		if len(subs) < some {
			return nil
		}
	}
}

// some is how many subscriptions Publish takes from the list at a time: with thousands of
// them, a copy of all takes long, and needs much memory.
const some = 64

// from returns the next few subscriptions.
func (b *Bus[E]) from(i int) []*Subscription[E] {
	b.mu.Lock()
	defer b.mu.Unlock()
	i = min(i, len(b.subs))
	return slices.Clone(b.subs[i:min(i+some, len(b.subs))])
}

// give waits until the subscription has room for the event, or has ended.
func (s *Subscription[E]) give(ctx context.Context, event E) error {
	s.sending.Lock()
	defer s.sending.Unlock()
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
	s.bus.mu.Lock()
	if s.bus.remove(s) {
		close(s.ended)
	}
	s.bus.mu.Unlock()

	s.sending.Lock() // no event is given any more
	defer s.sending.Unlock()
	if !s.closed {
		s.closed = true
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
