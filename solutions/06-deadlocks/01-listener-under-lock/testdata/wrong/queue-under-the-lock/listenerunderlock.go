// caught by: tests in TestOthersDoNotWait
// Wrong: the queue keeps the order, and its places are taken under mu: when it is full, Get waits for the listener that calls it.

// Package listenerunderlock is a telephone book that tells its listeners of every
// change.
package listenerunderlock

import (
	"slices"
	"sync"
)

// Change is one change of a Book: the phone that a name has now.
type Change struct{ Name, Phone string }

// Book has a phone for each name.
type Book struct {
	mu     sync.Mutex // guards phones and subs
	phones map[string]string
	subs   []*subscription

	turns chan chan struct{} // Sets that wait
	busy  bool               // a Set is being told
}

type subscription struct{ listener func(Change) }

// New returns an empty Book.
func New() *Book {
	return &Book{phones: map[string]string{}, turns: make(chan chan struct{}, 16)}
}

// Get returns the phone of a name.
func (b *Book) Get(name string) (phone string, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	phone, ok = b.phones[name]
	return phone, ok
}

// Set changes the phone of a name and tells the listeners.
func (b *Book) Set(name, phone string) {
	b.mu.Lock()
	if b.busy {
		turn := make(chan struct{})
		b.turns <- turn
		b.mu.Unlock()
		<-turn
		b.mu.Lock()
	}
	b.busy = true
	b.phones[name] = phone
	subs := slices.Clone(b.subs)
	b.mu.Unlock()
	for _, s := range subs {
		s.listener(Change{name, phone})
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case next := <-b.turns:
		close(next) // it is busy now
	default:
		b.busy = false
	}
}

// Subscribe adds a listener.
func (b *Book) Subscribe(listener func(Change)) (unsubscribe func()) {
	s := &subscription{listener}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subs = append(b.subs, s)
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.subs = without(b.subs, s)
	}
}

func without(subs []*subscription, s *subscription) (others []*subscription) {
	for _, o := range subs {
		if o != s {
			others = append(others, o)
		}
	}
	return others
}
