// finds: wrong

// Package retrytimeout tries a transfer again after a timeout; the broken one applies it twice when the first was only slow.
package retrytimeout

import (
	"context"
	"sync"
	"testing"
	"time"
)

type server struct {
	mu      sync.Mutex
	calls   sync.WaitGroup
	applied map[string]bool
	balance int
}

func (s *server) apply(key string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.applied[key] {
		return
	}
	s.applied[key] = true
	s.balance += n
}

// call gives up after a moment, but the server goes on.
func (s *server) call(key string, n int) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	done := make(chan struct{})
	s.calls.Go(func() {
		defer close(done)
		s.apply(key, n)
	})
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// sendLoose gives each try a key of its own.
func sendLoose(s *server) {
	if s.call("try 1", 5) != nil {
		s.call("try 2", 5)
	}
}

// send gives all tries one key, so the server knows the second.
func send(s *server) {
	if s.call("order 17", 5) != nil {
		s.call("order 17", 5)
	}
}

func run(t *testing.T, send func(*server)) {
	s := &server{applied: map[string]bool{}}
	send(s)
	s.calls.Wait()
	if s.balance != 5 {
		t.Errorf("balance: got %d, want 5", s.balance)
	}
}

func TestBug(t *testing.T)   { run(t, sendLoose) }
func TestFixed(t *testing.T) { run(t, send) }
