// caught by: explore in TestScheduleTwoCalls
// Wrong: an empty phone is set without the lock

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
	setting sync.Mutex // held by Set from the change until all have been told of it

	mu            sync.Mutex // guards phones and subscriptions
	phones        map[string]string
	subscriptions []*subscription // in the order in which they were made
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
	b.setting.Lock()
	defer b.setting.Unlock()
	for _, s := range b.change(name, phone) {
		s.listener(Change{name, phone})
	}
}

// change changes the phone of a name, and returns the subscriptions of this moment.
func (b *Book) change(name, phone string) []*subscription {
	if phone != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
	}
	b.phones[name] = phone
	return slices.Clone(b.subscriptions)
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
