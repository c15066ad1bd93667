// finds: deadlock

// Package callback is an event bus whose listener removes itself; the broken bus calls listeners with its lock held.
package callback

import (
	"sync"
	"testing"
)

type bus struct {
	mu        sync.Mutex
	next      int
	listeners map[int]func(string)
}

func (b *bus) listen(f func(string)) (cancel func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.listeners == nil {
		b.listeners = make(map[int]func(string))
	}
	id := b.next
	b.next++
	b.listeners[id] = f
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.listeners, id)
	}
}

// publishLoose holds the lock that a listener needs to cancel.
func (b *bus) publishLoose(s string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.listeners {
		f(s)
	}
}

// publish copies the listeners and calls them without the lock.
func (b *bus) publish(s string) {
	b.mu.Lock()
	fs := make([]func(string), 0, len(b.listeners))
	for _, f := range b.listeners {
		fs = append(fs, f)
	}
	b.mu.Unlock()
	for _, f := range fs {
		f(s)
	}
}

func run(t *testing.T, publish func(*bus, string)) {
	var b bus
	var once sync.Once
	got := make(chan string, 2)
	var cancel func()
	cancel = b.listen(func(s string) {
		once.Do(func() { cancel() })
		got <- s
	})
	var wg sync.WaitGroup
	wg.Go(func() { publish(&b, "one") })
	wg.Go(func() { publish(&b, "two") })
	wg.Wait()
	if n := len(got); n < 1 || len(b.listeners) != 0 {
		t.Errorf("delivered %d, %d listeners left", n, len(b.listeners))
	}
}

func TestBug(t *testing.T)   { run(t, (*bus).publishLoose) }
func TestFixed(t *testing.T) { run(t, (*bus).publish) }
