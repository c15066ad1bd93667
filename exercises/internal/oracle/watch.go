package oracle

import (
	"context"
	"sync/atomic"
	"time"
)

// Watched is a context that counts how often it is asked anything. Who has come
// to an end asks no more: a count that still grows is somebody who goes on, even
// if no goroutine of his can be found at the moment.
type Watched struct {
	ctx   context.Context
	asked atomic.Int64
}

// Watch returns ctx, watched.
func Watch(ctx context.Context) *Watched { return &Watched{ctx: ctx} }

// Asked returns how often the context has been asked so far.
func (w *Watched) Asked() int64 { return w.asked.Load() }

// Deadline is that of the context behind it, as are the others.
func (w *Watched) Deadline() (time.Time, bool) {
	w.asked.Add(1)
	return w.ctx.Deadline()
}

// Done is counted.
func (w *Watched) Done() <-chan struct{} {
	w.asked.Add(1)
	return w.ctx.Done()
}

// Err is counted.
func (w *Watched) Err() error {
	w.asked.Add(1)
	return w.ctx.Err()
}

// Value is counted.
func (w *Watched) Value(key any) any {
	w.asked.Add(1)
	return w.ctx.Value(key)
}
