// caught by: explore in TestScheduleTwoSets
// Wrong: a Set that waits already says the same, so why say it twice? A listener is told of every Set.

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
	waiting map[Change]*sync.WaitGroup // Sets that have not begun
}

type subscription struct{ listener func(Change) }

// New returns an empty Book.
func New() *Book {
	return &Book{phones: map[string]string{}, waiting: map[Change]*sync.WaitGroup{}}
}

// Get returns the phone of a name.
func (b *Book) Get(name string) (phone string, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	phone, ok = b.phones[name]
	return phone, ok
}

// Set changes the phone of a name and tells the listeners. A Set that waits already and says
// the same does it for us.
func (b *Book) Set(name, phone string) {
	c := Change{name, phone}
	b.mu.Lock()
	if same := b.waiting[c]; same != nil {
		b.mu.Unlock()
		same.Wait()
		return
	}
	done := &sync.WaitGroup{}
	done.Add(1)
	defer done.Done()
	b.waiting[c] = done
	b.mu.Unlock()

	b.setting.Lock()
	defer b.setting.Unlock()
	b.mu.Lock()
	delete(b.waiting, c)
	b.phones[name] = phone
	subs := slices.Clone(b.subs)
	b.mu.Unlock()
	for _, s := range subs {
		s.listener(c)
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
