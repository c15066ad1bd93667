// finds: wrong

// Package cleanup ends a store and its writer after the test; the broken one registers the two cleanups in the wrong order.
package cleanup

import (
	"errors"
	"sync"
	"testing"
)

var errClosed = errors.New("store is closed")

type store struct {
	mu     sync.Mutex
	closed bool
	rows   []int
}

func (s *store) put(v int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	s.rows = append(s.rows, v)
	return nil
}

func (s *store) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

// run starts a writer; cleanups run last in, first out, so the writer's end must be registered last.
func run(t *testing.T, storeFirst bool) {
	s := new(store)
	var wg sync.WaitGroup
	if storeFirst {
		t.Cleanup(s.close)
	}
	t.Cleanup(wg.Wait)
	if !storeFirst {
		t.Cleanup(s.close)
	}
	wg.Go(func() {
		for i := range 2 {
			if err := s.put(i); err != nil {
				t.Errorf("row %d: %v", i, err)
			}
		}
	})
}

func TestBug(t *testing.T)   { run(t, false) }
func TestFixed(t *testing.T) { run(t, true) }
