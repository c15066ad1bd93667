// caught by: explore in TestScheduleTwoCalls
// Wrong: the changes are told in order, by whichever Set comes first. The other one returns before its own has been told.

// Package listenerunderlock is a telephone book that tells its listeners of every
// change.
package listenerunderlock

import (
	"slices"
	"sync"
)

// Change is one change of a Book: the phone that a name has now.
type Change struct{ Name, Phone string }

// Book has a phone for each name. Its methods may be called from many goroutines at
// once.
type Book struct {
	mu            sync.Mutex // guards those below
	telling       bool
	untold        []untold
	phones        map[string]string
	subscriptions []*subscription // in the order in which they were made
}

// untold is a change that listeners must be told of.
type untold struct {
	change Change
	to     []*subscription
}

type subscription struct{ listener func(Change) }

// New returns an empty Book.
func New() *Book { return &Book{phones: map[string]string{}} }

// Get returns the phone of a name, and whether the book has one. It waits for no
// listener.
func (b *Book) Get(name string) (phone string, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	phone, ok = b.phones[name]
	return phone, ok
}

// Set changes the phone of a name. Then it calls the listeners that are subscribed at
// this moment, one after the other, and returns when the last of them has returned.
// Until then no other Set changes the book.
//
// A listener may call all methods of the book except Set.
func (b *Book) Set(name, phone string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.phones[name] = phone
	b.untold = append(b.untold, untold{Change{name, phone}, slices.Clone(b.subscriptions)})
	if b.telling {
		return
	}
	b.telling = true
	for len(b.untold) > 0 {
		next := b.untold[0]
		b.untold = b.untold[1:]
		b.mu.Unlock()
		for _, s := range next.to {
			s.listener(next.change)
		}
		b.mu.Lock()
	}
	b.telling = false
}

// Subscribe adds a listener, which is called for every later change. The subscription
// ends when unsubscribe is called; calling it again has no effect. Neither Subscribe
// nor unsubscribe waits for a listener.
func (b *Book) Subscribe(listener func(Change)) (unsubscribe func()) {
	s := &subscription{listener}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subscriptions = append(b.subscriptions, s)
	return func() { b.remove(s) }
}

// remove ends a subscription, if it has not ended before.
func (b *Book) remove(s *subscription) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.subscriptions {
		if b.subscriptions[i] == s {
			b.subscriptions = append(b.subscriptions[:i], b.subscriptions[i+1:]...)
			return
		}
	}
}
