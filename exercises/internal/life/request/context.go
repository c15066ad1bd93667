// Package request has a context as packages for servers have them: a type of its own
// around that of the caller.
package request

import (
	"context"
	"sync/atomic"
	"time"
)

// Context is one that counts how often it is asked anything. Who has come
// to an end asks no more: a count that still grows is somebody who goes on, even
// if no goroutine of his can be found at the moment.
type Context struct {
	ctx   context.Context
	asked atomic.Int64
}

// Watch returns ctx, watched.
func Watch(ctx context.Context) *Context { return &Context{ctx: ctx} }

// Asked returns how often the context has been asked so far.
func (w *Context) Asked() int64 { return w.asked.Load() }

// Deadline is that of the context behind it, as are the others.
func (w *Context) Deadline() (time.Time, bool) {
	w.asked.Add(1)
	return w.ctx.Deadline()
}

// Done is counted.
func (w *Context) Done() <-chan struct{} {
	w.asked.Add(1)
	return w.ctx.Done()
}

// Err is counted.
func (w *Context) Err() error {
	w.asked.Add(1)
	return w.ctx.Err()
}

// Value is counted.
func (w *Context) Value(key any) any {
	w.asked.Add(1)
	return w.ctx.Value(key)
}
