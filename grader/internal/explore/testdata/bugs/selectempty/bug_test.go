// finds: leak

// Package selectempty keeps a server's handlers alive; the broken serve blocks for ever on an empty select.
package selectempty

import (
	"sync"
	"testing"
)

type server struct {
	mu      sync.Mutex
	served  int
	quit    chan struct{}
	started chan struct{}
}

func (s *server) handle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.served++
}

// serveLoose can never end.
func (s *server) serveLoose() {
	s.handle()
	close(s.started)
	select {}
}

// serve ends with the server.
func (s *server) serve() {
	s.handle()
	close(s.started)
	select {
	case <-s.quit:
	}
}

func run(t *testing.T, serve func(*server)) {
	s := &server{quit: make(chan struct{}), started: make(chan struct{})}
	go serve(s)
	<-s.started
	s.handle()
	close(s.quit)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.served != 2 {
		t.Errorf("served: got %d, want 2", s.served)
	}
}

func TestBug(t *testing.T)   { run(t, (*server).serveLoose) }
func TestFixed(t *testing.T) { run(t, (*server).serve) }
