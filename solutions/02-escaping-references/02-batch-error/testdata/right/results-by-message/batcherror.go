// Right: nothing is shared. Each call sends its result, and a single goroutine
// receives as many results as there are calls and keeps the errors.

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
	"errors"
	"fmt"
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
	results := make(chan result)
	for i, url := range urls {
		go func() {
			body, err := get(ctx, url)
			if err != nil {
				err = fmt.Errorf("fetch %s: %w", url, err)
			}
			results <- result{i, body, err}
		}()
	}
	var errs []error
	for range urls {
		r := <-results
		bodies[r.i] = r.body
		errs = append(errs, r.err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return bodies, nil
}

// Check calls head for all urls. It returns nil if every call succeeds.
func Check(ctx context.Context, urls []string, head Head) error {
	failures := make(chan error)
	for _, url := range urls {
		go func() {
			err := head(ctx, url)
			if err != nil {
				err = fmt.Errorf("check %s: %w", url, err)
			}
			failures <- err
		}()
	}
	var errs []error
	for range urls {
		errs = append(errs, <-failures)
	}
	return errors.Join(errs...)
}

// result is the result of the call for the i-th URL.
type result struct {
	i    int
	body []byte
	err  error
}
