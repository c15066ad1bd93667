// finds: wrong

// Package withoutcancel writes an audit record after each order; the broken one loses it when the client goes away.
package withoutcancel

import (
	"context"
	"sync"
	"testing"
)

type shop struct {
	mu             sync.Mutex
	orders, audits int
}

func (s *shop) add(ctx context.Context, n *int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	*n++
	return nil
}

// orderLoose writes the record with the context of the client.
func (s *shop) orderLoose(ctx context.Context) error {
	if err := s.add(ctx, &s.orders); err != nil {
		return err
	}
	return s.add(ctx, &s.audits)
}

// order keeps the values of the context and drops its end.
func (s *shop) order(ctx context.Context) error {
	if err := s.add(ctx, &s.orders); err != nil {
		return err
	}
	return s.add(context.WithoutCancel(ctx), &s.audits)
}

func run(t *testing.T, order func(*shop, context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	s := new(shop)
	served := make(chan error)
	go func() { served <- order(s, ctx) }()
	cancel()
	err := <-served
	if s.orders != s.audits {
		t.Errorf("%d orders and %d audit records (error %v)", s.orders, s.audits, err)
	}
}

func TestBug(t *testing.T)   { run(t, (*shop).orderLoose) }
func TestFixed(t *testing.T) { run(t, (*shop).order) }
