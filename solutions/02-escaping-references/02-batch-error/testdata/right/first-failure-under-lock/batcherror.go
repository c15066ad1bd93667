// Right: a mutex guards the one failure, with a rule: only an error is stored, and
// only if none is stored yet. It is read once all calls have ended.

// Package batcherror requests many URLs at once and reports what went wrong.
//
// Fetch and Check make the same promises. They make all their calls at once.
// They return when the last call has returned, and leave nothing running.
//
// If calls failed, the error names the URL of one or more of them and wraps the
// error of that call. After a failure, Fetch and Check may cancel the other calls;
// a call that fails only because of that is not the one to report.
package batcherror

import (
	"context"
	"fmt"
	"sync"
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
	var first failure
	var group sync.WaitGroup
	for i, url := range urls {
		group.Go(func() {
			body, err := get(ctx, url)
			if err != nil {
				first.set(fmt.Errorf("fetch %s: %w", url, err))
				return
			}
			bodies[i] = body
		})
	}
	group.Wait()
	if first.err != nil {
		return nil, first.err
	}
	return bodies, nil
}

// Check calls head for all urls. It returns nil if every call succeeds.
func Check(ctx context.Context, urls []string, head Head) error {
	var first failure
	var group sync.WaitGroup
	for _, url := range urls {
		group.Go(func() {
			if err := head(ctx, url); err != nil {
				first.set(fmt.Errorf("check %s: %w", url, err))
			}
		})
	}
	group.Wait()
	return first.err
}

// failure keeps the first error that it is given.
type failure struct {
	mu  sync.Mutex
	err error
}

func (f *failure) set(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
}
