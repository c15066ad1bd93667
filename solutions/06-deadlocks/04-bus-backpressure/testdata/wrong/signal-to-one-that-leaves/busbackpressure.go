// caught by: explore in TestScheduleTurnIsCancelled
// Wrong: the end of a Publish wakes one that waits for its turn. If the context of that one
// has ended, it leaves and wakes no other one: the signal is lost.

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
	mu     sync.Mutex // guards the fields below
	subs   []*Subscription[E]
	giving bool       // a Publish gives its event
	given  *sync.Cond // no Publish gives its event, or the context of one that waits is done
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
func New[E any]() *Bus[E] {
	b := &Bus[E]{}
	b.given = sync.NewCond(&b.mu)
	return b
}

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
	subs, err := b.begin(ctx)
	if err != nil {
		return err
	}
	defer b.end()
	for _, s := range subs {
		if err := s.give(ctx, event); err != nil {
			return err
		}
	}
	return nil
}

// begin waits until no other Publish gives its event, and returns the subscriptions.
func (b *Bus[E]) begin(ctx context.Context) ([]*Subscription[E], error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if b.giving {
		stop := context.AfterFunc(ctx, func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.given.Broadcast()
		})
		defer stop()
		for b.giving {
			b.given.Wait()
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
		}
	}
	b.giving = true
	return slices.Clone(b.subs), nil
}

// end lets the next Publish begin.
func (b *Bus[E]) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.giving = false
	b.given.Signal()
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
