// Package listenerunderlock is a telephone book that tells its listeners of every
// change.
package listenerunderlock

import (
	"maps"
	"slices"
	"sync"
)

// Change is one change of a Book: the phone that a name has now.
type Change struct{ Name, Phone string }

// Book has a phone for each name. Its methods may be called from many goroutines at
// once.
type Book struct {
	setting sync.Mutex // held by Set from the change until all have been told of it

	mu            sync.Mutex // guards those below
	phones        map[string]string
	subscriptions map[int]func(Change) // by number
	next          int                  // number of the next one
}

// New returns an empty Book.
func New() *Book { return &Book{phones: map[string]string{}, subscriptions: map[int]func(Change){}} }

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
	for _, listener := range b.change(name, phone) {
		listener(Change{name, phone})
	}
}

// change changes the phone of a name, and returns the listeners of this moment.
func (b *Book) change(name, phone string) (listeners []func(Change)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.phones[name] = phone
	for _, number := range slices.Sorted(maps.Keys(b.subscriptions)) {
		listeners = append(listeners, b.subscriptions[number])
	}
	return listeners
}

// Subscribe adds a listener, which is called for every later change. The subscription
// ends when unsubscribe is called; calling it again has no effect. Neither Subscribe
// nor unsubscribe waits for a listener.
func (b *Book) Subscribe(listener func(Change)) (unsubscribe func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	number := b.next
	b.next++
	b.subscriptions[number] = listener
	return func() { b.remove(number) }
}

// remove ends a subscription, if it has not ended before.
func (b *Book) remove(number int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.subscriptions, number)
}
