// finds: race

// Package handover writes lines under a lock; the broken one lets another goroutine unlock while it still writes.
package handover

import (
	"sync"
	"testing"
)

type book struct {
	mu    sync.Mutex
	lines []string
}

// addLoose hands the unlocking over too early.
func (b *book) addLoose(s string) {
	lock := b.mu.Lock
	lock()
	go b.mu.Unlock()
	b.lines = append(b.lines, s)
}

// add unlocks when the line is written.
func (b *book) add(s string) {
	lock, unlock := b.mu.Lock, (*sync.Mutex).Unlock
	lock()
	defer unlock(&b.mu)
	b.lines = append(b.lines, s)
}

func run(t *testing.T, add func(*book, string)) {
	b := new(book)
	var wg sync.WaitGroup
	for _, s := range []string{"first", "second"} {
		wg.Go(func() { add(b, s) })
	}
	go wg.Wait() // a second waiter, as a monitor would be
	wg.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.lines) != 2 {
		t.Errorf("lines: got %q, want 2", b.lines)
	}
}

func TestBug(t *testing.T)   { run(t, (*book).addLoose) }
func TestFixed(t *testing.T) { run(t, (*book).add) }
