// caught by: tests in TestBatchWithinABatch
// Wrong: the cause of the calls' context is the failure that came first. But the caller's
// context may be that of a call of another batch. Then the cause is of the same type, and
// it is the failure of the other one.

// Package batcherror requests many URLs at once and reports what went wrong.
package batcherror

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// Get returns the body at url. It must be safe for concurrent use, and returns soon
// after ctx ends.
type Get func(ctx context.Context, url string) ([]byte, error)

// Head checks url, and returns an error if something is wrong there. It must be safe
// for concurrent use, and returns soon after ctx ends.
type Head func(ctx context.Context, url string) error

// Fetch gets all urls and returns their bodies, in the order of urls. If any of them
// fails, it returns an error and no bodies.
func Fetch(ctx context.Context, urls []string, get Get) ([][]byte, error) {
	bodies := make([][]byte, len(urls))
	err := all(ctx, "fetch", urls, func(ctx context.Context, i int) (err error) {
		bodies[i], err = get(ctx, urls[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	return bodies, nil
}

// Check calls head for all urls. It returns nil if every call succeeds.
func Check(ctx context.Context, urls []string, head Head) error {
	return all(ctx, "check", urls, func(ctx context.Context, i int) error { return head(ctx, urls[i]) })
}

// A failure is why a batch cancels its calls.
type failure struct {
	verb, url string
	err       error
}

func (f *failure) Error() string { return fmt.Sprintf("%s %s: %v", f.verb, f.url, f.err) }
func (f *failure) Unwrap() error { return f.err }

// all makes all calls at once, and cancels them after the first failure, which the context
// remembers as its cause.
func all(ctx context.Context, verb string, urls []string, call func(context.Context, int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	var failed atomic.Pointer[failure]
	for i, url := range urls {
		group.Go(func() {
			if err := call(ctx, i); err != nil {
				f := &failure{verb, url, err}
				failed.CompareAndSwap(nil, f)
				cancel(f)
			}
		})
	}
	group.Wait()
	f := failed.Load()
	if f == nil {
		return nil // all is well, even if the caller has given up
	}
	// The failure that came first, and cancelled the others, if it was not the caller who did.
	if first, ok := context.Cause(ctx).(*failure); ok {
		return first
	}
	return f
}
