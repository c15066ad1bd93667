// Package listenerunderlock is a telephone book that tells its listeners of every
// change.
package listenerunderlock

import (
	"sync"
	"sync/atomic"
)

// Change is one change of a Book: the phone that a name has now.
type Change struct{ Name, Phone string }

// Book has a phone for each name. Its methods may be called from many goroutines at
// once.
type Book struct {
	setting sync.Mutex // held by Set from the change until all have been told of it
	now     atomic.Pointer[state]
}

// state is what a Book has at one moment. It never changes: a new one takes its place.
type state struct {
	phones        map[string]string
	subscriptions []*subscription // in the order in which they were made
}

type subscription struct{ listener func(Change) }

// New returns an empty Book.
func New() *Book {
	b := &Book{}
	b.now.Store(&state{})
	return b
}

// Get returns the phone of a name, and whether the book has one. It waits for no
// listener.
func (b *Book) Get(name string) (phone string, ok bool) {
	phone, ok = b.now.Load().phones[name]
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
	changed := b.replace(func(now state) state {
		phones := map[string]string{name: phone}
		for other, phone := range now.phones {
			if other != name {
				phones[other] = phone
			}
		}
		return state{phones, now.subscriptions}
	})
	for _, s := range changed.subscriptions {
		s.listener(Change{name, phone})
	}
}

// replace puts another state in the place of the current one, and returns it.
func (b *Book) replace(with func(now state) state) *state {
	for {
		now := b.now.Load()
		next := with(*now)
		if b.now.CompareAndSwap(now, &next) {
			return &next
		}
	}
}

// Subscribe adds a listener, which is called for every later change. The subscription
// ends when unsubscribe is called; calling it again has no effect. Neither Subscribe
// nor unsubscribe waits for a listener.
func (b *Book) Subscribe(listener func(Change)) (unsubscribe func()) {
	s := &subscription{listener}
	b.replace(func(now state) state {
		return state{now.phones, append(now.subscriptions[:len(now.subscriptions):len(now.subscriptions)], s)}
	})
	return func() { b.remove(s) }
}

// remove ends a subscription, if it has not ended before.
func (b *Book) remove(s *subscription) {
	b.replace(func(now state) state {
		var others []*subscription
		for _, other := range now.subscriptions {
			if other != s {
				others = append(others, other)
			}
		}
		return state{now.phones, others}
	})
}
