// finds: deadlock

// Package hub sends to a subscriber that asks the hub back; the broken hub sends with its lock held.
package hub

import (
	"sync"
	"testing"
)

type hub struct {
	mu   sync.Mutex
	sent int
	out  chan string
}

func (h *hub) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.sent
}

// sendLoose waits for the receiver while it holds the lock that the receiver needs.
func (h *hub) sendLoose(s string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sent++
	h.out <- s
}

// send releases the lock first.
func (h *hub) send(s string) {
	h.mu.Lock()
	h.sent++
	h.mu.Unlock()
	h.out <- s
}

func run(t *testing.T, send func(*hub, string)) {
	h := &hub{out: make(chan string)}
	done := make(chan int)
	go func() {
		defer close(done)
		last := 0
		for range h.out {
			last = h.count()
		}
		done <- last
	}()
	for _, s := range []string{"a", "b"} {
		send(h, s)
	}
	close(h.out)
	if got := <-done; got != 2 {
		t.Errorf("last count: got %d, want 2", got)
	}
	<-done
}

func TestBug(t *testing.T)   { run(t, (*hub).sendLoose) }
func TestFixed(t *testing.T) { run(t, (*hub).send) }
