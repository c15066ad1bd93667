// finds: wrong

// Package testcontext flushes a buffer at the end of a test; the broken flush uses the context that has just ended.
package testcontext

import (
	"context"
	"sync"
	"testing"
)

type sink struct {
	mu   sync.Mutex
	rows []string
}

func (s *sink) write(ctx context.Context, row string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows = append(s.rows, row)
	return nil
}

// flushLoose begins when ctx ends, and so can never write with it.
func flushLoose(ctx context.Context, s *sink) error {
	<-ctx.Done()
	return s.write(ctx, "last row")
}

// flush writes with a context that outlives the end.
func flush(ctx context.Context, s *sink) error {
	<-ctx.Done()
	return s.write(context.WithoutCancel(ctx), "last row")
}

func run(t *testing.T, flush func(context.Context, *sink) error) {
	s := new(sink)
	flushed := make(chan error)
	go func() { flushed <- flush(t.Context(), s) }()
	t.Cleanup(func() {
		if err := <-flushed; err != nil || len(s.rows) != 2 {
			t.Errorf("rows: got %q (%v), want first and last", s.rows, err)
		}
	})
	if err := s.write(t.Context(), "first row"); err != nil {
		t.Error(err)
	}
}

func TestBug(t *testing.T)   { run(t, flushLoose) }
func TestFixed(t *testing.T) { run(t, flush) }
