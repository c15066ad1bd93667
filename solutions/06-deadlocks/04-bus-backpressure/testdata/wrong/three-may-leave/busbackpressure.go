// caught by: explore in TestScheduleTwoLeave
// Wrong: if three calls of Unsubscribe are under way, a fourth returns at once, before the channel is closed.

// Package busbackpressure passes events on to everything that has subscribed to them.
package busbackpressure

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
)

// Bus gives each published event to all its subscriptions. If one has no room, Publish
// waits for it: no event is lost.
//
// The methods of a Bus and of its subscriptions may be called from many goroutines at once.
type Bus[E any] struct {
	turn chan struct{} // holds a token while a Publish has its turn: only that one sends

	mu   sync.Mutex // guards subs, and is never held by a goroutine that waits
	subs []*Subscription[E]
}

// Subscription is one reader's share of a Bus.
type Subscription[E any] struct {
	bus    *Bus[E]
	events chan E

	calls   atomic.Int64
	end     sync.Once
	ended   chan struct{} // closed when Unsubscribe has begun, so that no send waits
	sending sync.Mutex    // held by a send, and to close events
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
	for _, s := range b.current() {
		if err := s.send(ctx, event); err != nil {
			return err
		}
	}
	return nil
}

// current returns the subscriptions that there are now.
func (b *Bus[E]) current() []*Subscription[E] {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.subs)
}

// send gives an event to the subscription, unless it has ended.
func (s *Subscription[E]) send(ctx context.Context, event E) error {
	s.sending.Lock()
	defer s.sending.Unlock()
	select {
	case <-s.ended:
		return nil // even if there is room
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
	if s.calls.Add(1) > 3 {
		return
	}
	defer s.calls.Add(-1)
	s.end.Do(func() {
		s.bus.remove(s)
		close(s.ended) // a send that waits returns,
		s.sending.Lock()
		defer s.sending.Unlock()
		close(s.events) // and none comes after it
	})
}

// remove removes a subscription.
func (b *Bus[E]) remove(s *Subscription[E]) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i, last := slices.Index(b.subs, s), len(b.subs)-1
	copy(b.subs[i:], b.subs[i+1:])
	b.subs[last] = nil // so that it can be collected
	b.subs = b.subs[:last]
}
