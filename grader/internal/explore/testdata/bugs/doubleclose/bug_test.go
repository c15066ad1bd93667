// finds: panic

// Package doubleclose has two owners that stop one server; the broken stop checks and closes in two steps.
package doubleclose

import (
	"sync"
	"testing"
)

type server struct {
	done chan struct{}
	once sync.Once
}

// stopLoose can reach close twice when two callers find the channel open.
func (s *server) stopLoose() {
	select {
	case <-s.done:
	default:
		close(s.done)
	}
}

// stop closes once.
func (s *server) stop() {
	s.once.Do(func() { close(s.done) })
}

func run(t *testing.T, stop func(*server)) {
	s := &server{done: make(chan struct{})}
	served := make(chan bool)
	go func() {
		<-s.done
		served <- true
	}()
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			stop(s)
		}()
	}
	wg.Wait()
	if _, ok := <-served; !ok {
		t.Error("the server did not report its end")
	}
}

func TestBug(t *testing.T)   { run(t, (*server).stopLoose) }
func TestFixed(t *testing.T) { run(t, (*server).stop) }
