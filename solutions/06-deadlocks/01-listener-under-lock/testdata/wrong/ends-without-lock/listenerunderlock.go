// caught by: explore in TestScheduleTwoEndInOrder
// Wrong: a subscription ends by a flag that Set looks at while it goes through the list, and not
// at one moment. The one that ended first may be told of a change, and the one that ended after it
// not.

// Package listenerunderlock is a telephone book that tells its listeners of every
// change.
package listenerunderlock

import (
	"slices"
	"sync"
	"sync/atomic"
)

// Change is one change of a Book: the phone that a name has now.
type Change struct{ Name, Phone string }

// Book has a phone for each name. Its methods may be called from many goroutines at
// once.
type Book struct {
	telling sync.Mutex // held by Set until the last listener has returned; locked before mu

	mu            sync.Mutex // guards phones and subscriptions
	phones        map[string]string
	subscriptions []*subscription // in the order in which they were made; some may have ended
}

type subscription struct {
	listener func(Change)
	ended    atomic.Bool
}

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
	b.telling.Lock()
	defer b.telling.Unlock()
	for _, s := range b.change(name, phone) {
		s.listener(Change{name, phone})
	}
}

// change changes the book, and returns the subscriptions that are to be told.
func (b *Book) change(name, phone string) []*subscription {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.phones[name] = phone
	b.subscriptions = slices.DeleteFunc(b.subscriptions, func(s *subscription) bool { return s.ended.Load() })
	return slices.Clone(b.subscriptions)
}

// Subscribe adds a listener, which is called for every later change. The subscription
// ends when unsubscribe is called; calling it again has no effect. Neither Subscribe
// nor unsubscribe waits for a listener.
func (b *Book) Subscribe(listener func(Change)) (unsubscribe func()) {
	s := &subscription{listener: listener}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subscriptions = append(b.subscriptions, s)
	return func() { s.ended.Store(true) } // the next Set removes it from the list
}
