// caught by: tests in TestListenersAreTold
// Wrong: changes are numbered, so that no list is copied. After 256 changes the numbers begin again.

// Package listenerunderlock is a telephone book that tells its listeners of every
// change.
package listenerunderlock

import (
	"sync"
)

// Change is one change of a Book: the phone that a name has now.
type Change struct{ Name, Phone string }

// Book has a phone for each name.
type Book struct {
	setting sync.Mutex // held by one Set at a time
	mu      sync.Mutex // guards the fields below
	phones  map[string]string
	changes uint8 // number of the last change
	subs    []*subscription
}

type subscription struct {
	listener func(Change)
	after    uint8 // was made after this change
	ended    bool
	last     uint8 // the last change that is told, if it has ended
}

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
	b.changes++
	now := b.changes
	var living []*subscription
	for _, s := range b.subs {
		if !s.ended {
			living = append(living, s)
		}
	}
	b.subs = living
	for i := 0; i < len(b.subs); i++ { // the list may grow meanwhile
		s := b.subs[i]
		if s.after < now && (!s.ended || s.last >= now) {
			b.mu.Unlock()
			s.listener(Change{name, phone})
			b.mu.Lock()
		}
	}
	b.mu.Unlock()
}

// Subscribe adds a listener.
func (b *Book) Subscribe(listener func(Change)) (unsubscribe func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &subscription{listener: listener, after: b.changes}
	b.subs = append(b.subs, s)
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if !s.ended {
			s.ended, s.last = true, b.changes
		}
	}
}
