// Package request has what server packages typically define: a context type of its own
// that wraps the caller's.
package request

import (
	"context"
	"sync/atomic"
	"time"
)

// Context counts how often its methods are called. Code that has ended calls none: if
// the count still grows something is still running, even if no goroutine of it can be
// found at the moment.
type Context struct {
	ctx   context.Context
	asked atomic.Int64
}

// Watch returns a Context that wraps ctx.
func Watch(ctx context.Context) *Context { return &Context{ctx: ctx} }

// Asked returns the number of calls so far.
func (w *Context) Asked() int64 { return w.asked.Load() }

// Deadline calls the method of the wrapped context, as do the others.
func (w *Context) Deadline() (time.Time, bool) {
	w.asked.Add(1)
	return w.ctx.Deadline()
}

// Done counts as a call.
func (w *Context) Done() <-chan struct{} {
	w.asked.Add(1)
	return w.ctx.Done()
}

// Err counts as a call.
func (w *Context) Err() error {
	w.asked.Add(1)
	return w.ctx.Err()
}

// Value counts as a call.
func (w *Context) Value(key any) any {
	w.asked.Add(1)
	return w.ctx.Value(key)
}
