// caught by: explore in TestScheduleUnsubscribeMeetsSet
// Wrong: a second unsubscribe returns although the first has not ended the subscription.

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

// Book has a phone for each name.
type Book struct {
	set           sync.Mutex // held by a Set to its end
	mu            sync.Mutex // guards phones and subscriptions
	phones        map[string]string
	subscriptions []*subscription // in the order in which they were made
}

type subscription struct {
	listener func(Change)
	ended    atomic.Bool
}

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
	b.set.Lock()
	defer b.set.Unlock()
	b.mu.Lock()
	b.phones[name] = phone
	told := slices.Clone(b.subscriptions)
	b.mu.Unlock()
	for _, s := range told {
		s.listener(Change{name, phone})
	}
}

// Subscribe adds a listener, which is called for every later change.
func (b *Book) Subscribe(listener func(Change)) (unsubscribe func()) {
	s := &subscription{listener: listener}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subscriptions = append(b.subscriptions, s)
	return func() {
		if s.ended.Swap(true) {
			return // it has been ended before
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		i := slices.Index(b.subscriptions, s)
		b.subscriptions = slices.Delete(b.subscriptions, i, i+1)
	}
}
