// caught by: tests in TestOthersDoNotWait
// Wrong: a listener that subscribes while a change is told joins the list later, and unsubscribe looks only in the list.

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
	telling bool
	waiting []*subscription // made while a change is told
}

type subscription struct{ listener func(Change) }

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
	b.telling = true
	subs := b.subs
	b.mu.Unlock()
	for _, s := range subs {
		s.listener(Change{name, phone})
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.telling = false
	b.subs = append(slices.Clip(b.subs), b.waiting...)
	b.waiting = nil
}

// Subscribe adds a listener.
func (b *Book) Subscribe(listener func(Change)) (unsubscribe func()) {
	s := &subscription{listener}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.telling {
		b.waiting = append(b.waiting, s)
	} else {
		b.subs = append(slices.Clip(b.subs), s)
	}
	return func() { b.remove(s) }
}

func (b *Book) remove(s *subscription) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.Index(b.subs, s); i >= 0 {
		b.subs = slices.Concat(b.subs[:i], b.subs[i+1:])
	}
}
