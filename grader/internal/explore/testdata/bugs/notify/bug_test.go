// finds: deadlock

// Package notify wakes a worker through a channel; the broken channel has no room, so a notice can be dropped.
package notify

import (
	"sync"
	"testing"
)

type mailbox struct {
	mu     sync.Mutex
	letter []string
	notice chan struct{}
}

// put never blocks: with capacity 0 the notice is dropped when nobody waits just now.
func (m *mailbox) put(s string) {
	m.mu.Lock()
	m.letter = append(m.letter, s)
	m.mu.Unlock()
	select {
	case m.notice <- struct{}{}:
	default:
	}
}

func (m *mailbox) drain() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	got := m.letter
	m.letter = nil
	return got
}

func run(t *testing.T, capacity int) {
	m := &mailbox{notice: make(chan struct{}, capacity)}
	read := make(chan int)
	go func() {
		n := 0
		for n < 2 {
			got := m.drain()
			if n += len(got); n < 2 {
				<-m.notice
			}
		}
		read <- n
	}()
	m.put("one")
	m.put("two")
	if n := <-read; n != 2 {
		t.Errorf("letters: got %d, want 2", n)
	}
}

func TestBug(t *testing.T)   { run(t, 0) }
func TestFixed(t *testing.T) { run(t, 1) }
