// finds: wrong

// Package ctxresult pays an invoice that may be cancelled; the broken one reports a payment as cancelled after it was made.
package ctxresult

import (
	"context"
	"sync/atomic"
	"testing"
)

const (
	pending = int32(iota)
	paid
	cancelled
)

type invoice struct{ state atomic.Int32 }

// payLoose lets the select choose when the payment and the cancellation are both there.
func (v *invoice) payLoose(ctx context.Context) error {
	done := make(chan struct{}, 1)
	go func() {
		v.state.Store(paid)
		done <- struct{}{}
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		<-done
		return ctx.Err()
	}
}

// pay lets the payment and the cancellation compete for the state; the loser accepts it.
func (v *invoice) pay(ctx context.Context) error {
	done := make(chan struct{}, 1)
	go func() {
		v.state.CompareAndSwap(pending, paid)
		done <- struct{}{}
	}()
	select {
	case <-done:
	case <-ctx.Done():
		v.state.CompareAndSwap(pending, cancelled)
		<-done
	}
	if v.state.Load() == cancelled {
		return ctx.Err()
	}
	return nil
}

func run(t *testing.T, pay func(*invoice, context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go cancel()
	v := new(invoice)
	err := pay(v, ctx)
	if isPaid := v.state.Load() == paid; isPaid == (err != nil) {
		t.Errorf("paid: %t, but the error is %v", isPaid, err)
	}
}

func TestBug(t *testing.T)   { run(t, (*invoice).payLoose) }
func TestFixed(t *testing.T) { run(t, (*invoice).pay) }
