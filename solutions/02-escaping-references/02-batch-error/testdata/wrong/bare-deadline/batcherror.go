// caught by: tests in TestFetchReportsTheFailure
// Wrong: a call's own DeadlineExceeded is taken for a cancelled call.

// Package batcherror requests many URLs at once and reports what went wrong.
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

// failures collects what went wrong in a batch.
type failures struct {
	cancel context.CancelFunc // of the calls

	mu               sync.Mutex
	first, cancelled error
}

func (f *failures) add(what, url string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	wrapped := fmt.Errorf("%s %s: %w", what, url, err)
	switch {
	case err == context.Canceled || err == context.DeadlineExceeded:
		f.cancelled = wrapped // by the caller, or because of the first
	case f.first == nil:
		f.first = wrapped
		f.cancel()
	}
}

// reason is what to report: of calls that were cancelled only if the caller has given up.
func (f *failures) reason(caller context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.first == nil && caller.Err() != nil {
		return f.cancelled
	}
	return f.first
}

// Fetch gets all urls and returns their bodies, in the order of urls.
func Fetch(ctx context.Context, urls []string, get Get) ([][]byte, error) {
	calls, cancel := context.WithCancel(ctx)
	defer cancel()
	wrong := failures{cancel: cancel}
	bodies := make([][]byte, len(urls))
	var group sync.WaitGroup
	for i, url := range urls {
		group.Go(func() {
			body, err := get(calls, url)
			if err != nil {
				wrong.add("fetch", url, err)
				return
			}
			bodies[i] = body
		})
	}
	group.Wait()
	if err := wrong.reason(ctx); err != nil {
		return nil, err
	}
	return bodies, nil
}

// Check calls head for all urls. It returns nil if every call succeeds.
func Check(ctx context.Context, urls []string, head Head) error {
	calls, cancel := context.WithCancel(ctx)
	defer cancel()
	wrong := failures{cancel: cancel}
	var group sync.WaitGroup
	for _, url := range urls {
		group.Go(func() {
			if err := head(calls, url); err != nil {
				wrong.add("check", url, err)
			}
		})
	}
	group.Wait()
	return wrong.reason(ctx)
}
