// caught by: tests in TestTheReasonIsReported
// Wrong: ten errors are reported, and the reason need not be among them.

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
	err := each(ctx, urls, "fetch", func(ctx context.Context, i int) (err error) {
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
	return each(ctx, urls, "check", func(ctx context.Context, i int) error { return head(ctx, urls[i]) })
}

// most is how many failures an error reports.
const most = 10

// each makes a call for each URL, all at once. If one fails, the others are cancelled.
func each(ctx context.Context, urls []string, what string, call func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	said := make([]error, len(urls))
	var group sync.WaitGroup
	for i := range urls {
		group.Go(func() {
			if said[i] = call(ctx, i); said[i] != nil {
				cancel()
			}
		})
	}
	group.Wait()

	var failures []error
	for i, err := range said {
		if err != nil && len(failures) < most {
			failures = append(failures, fmt.Errorf("%s %s: %w", what, urls[i], err))
		}
	}
	return errors.Join(failures...)
}
