// finds: wrong

// Package ctxapart asks a context twice whether it is over; the broken one takes the second answer for the first one.
package ctxapart

import (
	"context"
	"testing"
)

func broken(ctx context.Context) (over bool, why error) { return ctx.Err() != nil, context.Cause(ctx) }

func fixed(ctx context.Context) (over bool, why error) {
	why = context.Cause(ctx)
	return why != nil, why
}

func run(t *testing.T, ask func(context.Context) (over bool, why error)) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan bool)
	go func() {
		cancel()
		done <- true
	}()
	if over, why := ask(ctx); over != (why != nil) {
		t.Errorf("over: %t, and why: %v", over, why)
	}
	<-done
}

func TestBug(t *testing.T)   { run(t, broken) }
func TestFixed(t *testing.T) { run(t, fixed) }
