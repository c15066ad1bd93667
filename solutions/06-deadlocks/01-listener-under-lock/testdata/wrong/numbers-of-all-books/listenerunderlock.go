// caught by: race in TestTwoBooks
// Wrong: all books take their numbers from one variable, and each under its own lock.

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
	setting sync.Mutex // held by Set for all of its length

	mu            sync.Mutex // guards phones and subscriptions
	phones        map[string]string
	subscriptions []subscription
}

type subscription struct {
	id       uint64
	listener func(Change)
}

// lastID is the number of the latest subscription.
var lastID uint64

// New returns an empty Book.
func New() *Book { return &Book{phones: map[string]string{}} }

// Get returns the phone of a name, and whether the book has one.
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
	subscriptions := slices.Clone(b.subscriptions)
	b.mu.Unlock()
	for _, s := range subscriptions {
		s.listener(Change{name, phone})
	}
}

// Subscribe adds a listener.
func (b *Book) Subscribe(listener func(Change)) (unsubscribe func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	lastID++
	id := lastID
	b.subscriptions = append(b.subscriptions, subscription{id, listener})
	return func() { b.remove(id) }
}

func (b *Book) remove(id uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.subscriptions {
		if b.subscriptions[i].id == id {
			b.subscriptions = append(b.subscriptions[:i], b.subscriptions[i+1:]...)
			return
		}
	}
}
