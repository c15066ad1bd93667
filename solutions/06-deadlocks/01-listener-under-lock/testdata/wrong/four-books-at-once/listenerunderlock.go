// caught by: tests in TestBooksAreIndependent
// Wrong: the displays are not flooded. A listener that sets the phone in another book waits for a place that its own Set holds.

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
	setting sync.Mutex // held by one Set at a time
	mu      sync.Mutex // guards the fields below
	phones  map[string]string
	subs    []*subscription
}

type subscription struct{ listener func(Change) }

// tellers limits how many changes are told at the same time, so that displays are not
// flooded.
var tellers = make(chan struct{}, 4)

// New returns an empty Book.
func New() *Book { return &Book{phones: map[string]string{}} }

// Get returns the phone of a name.
func (b *Book) Get(name string) (phone string, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	phone, ok = b.phones[name]
	return phone, ok
}

// Set changes the phone of a name and tells the listeners.
func (b *Book) Set(name, phone string) {
	b.setting.Lock()
	defer b.setting.Unlock()
	b.mu.Lock()
	b.phones[name] = phone
	subs := slices.Clone(b.subs)
	b.mu.Unlock()
	if len(subs) == 0 {
		return
	}
	tellers <- struct{}{}
	defer func() { <-tellers }()
	for _, s := range subs {
		s.listener(Change{name, phone})
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
