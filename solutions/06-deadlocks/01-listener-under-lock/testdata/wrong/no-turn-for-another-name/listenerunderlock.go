// caught by: explore in TestScheduleListenerEndsItself
// Wrong: if no listener is left, a Set of another name does not wait for the one that is still running.

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
	set           sync.Mutex // held by Set until its listeners have returned
	mu            sync.Mutex // guards the rest
	phones        map[string]string
	subscriptions []*subscription // never changed, only replaced
	telling       *string         // the name that listeners are told of
}

type subscription struct{ listener func(Change) }

// New returns an empty Book.
func New() *Book { return &Book{phones: map[string]string{}} }

// Get returns the phone of a name, and whether the book has one.
func (b *Book) Get(name string) (phone string, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	phone, ok = b.phones[name]
	return phone, ok
}

// Set changes the phone of a name, and tells the listeners.
func (b *Book) Set(name, phone string) {
	b.mu.Lock()
	if len(b.subscriptions) == 0 && (b.telling == nil || *b.telling != name) { // no listener is to be told
		b.phones[name] = phone
		b.mu.Unlock()
		return
	}
	b.mu.Unlock()
	b.set.Lock()
	defer b.set.Unlock()
	b.mu.Lock()
	b.phones[name] = phone
	b.telling = &name
	told := b.subscriptions
	b.mu.Unlock()
	for _, s := range told {
		s.listener(Change{name, phone})
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.telling = nil
}

// Subscribe adds a listener.
func (b *Book) Subscribe(listener func(Change)) (unsubscribe func()) {
	s := &subscription{listener}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subscriptions = append(slices.Clip(b.subscriptions), s)
	return func() { b.remove(s) }
}

// remove ends a subscription, if it has not ended before.
func (b *Book) remove(s *subscription) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.Index(b.subscriptions, s); i >= 0 {
		b.subscriptions = slices.Delete(slices.Clone(b.subscriptions), i, i+1)
	}
}
