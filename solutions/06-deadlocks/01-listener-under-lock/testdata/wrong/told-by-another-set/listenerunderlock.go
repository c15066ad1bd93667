// caught by: explore in TestScheduleSetReturns
// Wrong: a Set that finds another one at work leaves its change to that one, which then
// works off the changes of others when its own is done, and does not return before.

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
	mu            sync.Mutex // guards all below; not held while listeners are called
	phones        map[string]string
	subscriptions []*subscription
	queue         []*pending // Sets that have not been made yet
	telling       bool       // a Set works on the queue
}

type subscription struct{ listener func(Change) }

// pending is a Set that waits for its turn.
type pending struct {
	change Change
	told   chan struct{}
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

// Set changes the phone of a name and tells the listeners. If another Set is telling its
// change, that one makes this change next, and Set waits for it.
func (b *Book) Set(name, phone string) {
	mine := &pending{Change{name, phone}, make(chan struct{})}
	b.mu.Lock()
	b.queue = append(b.queue, mine)
	if b.telling {
		b.mu.Unlock()
		<-mine.told
		return
	}
	b.telling = true
	for len(b.queue) > 0 {
		next := b.queue[0]
		b.queue = b.queue[1:]
		b.phones[next.change.Name] = next.change.Phone
		subscriptions := slices.Clone(b.subscriptions)
		b.mu.Unlock()
		for _, s := range subscriptions {
			s.listener(next.change)
		}
		close(next.told)
		b.mu.Lock()
	}
	b.telling = false
	b.mu.Unlock()
}

// Subscribe adds a listener.
func (b *Book) Subscribe(listener func(Change)) (unsubscribe func()) {
	s := &subscription{listener}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subscriptions = append(b.subscriptions, s)
	return func() { b.remove(s) }
}

func (b *Book) remove(s *subscription) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.Index(b.subscriptions, s); i >= 0 {
		b.subscriptions = slices.Delete(b.subscriptions, i, i+1)
	}
}
