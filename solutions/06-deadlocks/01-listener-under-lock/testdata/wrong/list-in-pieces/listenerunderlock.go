// caught by: tests in TestListenerUnsubscribes
// Wrong: with more than 512 listeners, those to be told are looked up in pieces, and one whose
// subscription ends meanwhile is not told.

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
	setting       sync.Mutex // held by a Set until its last listener has returned
	mu            sync.Mutex // guards phones and subscriptions
	phones        map[string]string
	subscriptions []*subscription // in the order in which they were made
	told          int             // how many of them a Set is about to call: these stay where they are
}

type subscription struct {
	listener func(Change)
	ended    bool
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
	b.setting.Lock()
	defer b.setting.Unlock()
	next := b.change(name, phone)
	for from := atOnce; ; from += atOnce {
		for _, s := range next {
			s.listener(Change{name, phone})
		}
		var more bool
		if next, more = b.next(from); !more {
			return
		}
	}
}

// atOnce is how many listeners Set takes from the list before it calls them: a copy of
// thousands for each Set takes long.
const atOnce = 512

// change changes the book, and returns the first subscriptions.
func (b *Book) change(name, phone string) []*subscription {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.phones[name] = phone
	b.told = len(b.subscriptions)
	return slices.Clone(b.subscriptions[:min(atOnce, b.told)])
}

// next returns the next few subscriptions of those that were there when the book changed.
// When there are no more, it removes those that have ended meanwhile.
func (b *Book) next(from int) (next []*subscription, more bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	ended := func(s *subscription) bool { return s.ended }
	if from >= b.told {
		b.told = 0
		b.subscriptions = slices.DeleteFunc(b.subscriptions, ended)
		return nil, false
	}
	next = slices.Clone(b.subscriptions[from:min(from+atOnce, b.told)])
	return slices.DeleteFunc(next, ended), true
}

// Subscribe adds a listener, which is called for every later change. The subscription
// ends when unsubscribe is called; calling it again has no effect. Neither Subscribe
// nor unsubscribe waits for a listener.
func (b *Book) Subscribe(listener func(Change)) (unsubscribe func()) {
	s := &subscription{listener: listener}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subscriptions = append(b.subscriptions, s)
	return func() { b.remove(s) }
}

// remove ends a subscription, if it has not ended before.
func (b *Book) remove(s *subscription) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.told > 0 {
		s.ended = true
		return
	}
	for i := range b.subscriptions {
		if b.subscriptions[i] == s {
			b.subscriptions = append(b.subscriptions[:i], b.subscriptions[i+1:]...)
			return
		}
	}
}
