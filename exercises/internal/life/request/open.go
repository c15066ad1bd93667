package request

import (
	"context"
	"sync"
)

// open is a context that ends with an error of its own, as that of a connection does.
type open struct {
	context.Context
	done chan struct{}

	mu  sync.Mutex
	err error
}

// Open returns a context with the values and the deadline of parent. Only end ends it, once, and
// with err. It has a channel of its own, so code that makes a context from it asks for its error.
func Open(parent context.Context) (ctx context.Context, end func(err error)) {
	o := &open{Context: parent, done: make(chan struct{})}
	return o, o.end
}

func (o *open) end(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err = err
	close(o.done)
}

func (o *open) Done() <-chan struct{} { return o.done }

func (o *open) Err() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}
