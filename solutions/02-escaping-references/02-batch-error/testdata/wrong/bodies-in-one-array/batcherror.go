// caught by: tests in TestBatchWithinABatch
// Wrong: the bodies share one array, and appending to one overwrites the next

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
	err := each(urls, func(i int) (err error) {
		bodies[i], err = get(ctx, urls[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	size := 0
	for _, body := range bodies {
		size += len(body)
	}
	all := make([]byte, 0, size) // one allocation, and the connections' buffers are free again
	for i, body := range bodies {
		all = append(all, body...)
		bodies[i] = all[len(all)-len(body):]
	}
	return bodies, nil
}

// Check calls head for all urls. It returns nil if every call succeeds.
func Check(ctx context.Context, urls []string, head Head) error {
	return each(urls, func(i int) error { return head(ctx, urls[i]) })
}

func each(urls []string, call func(i int) error) error {
	errs := make([]error, len(urls))
	var group sync.WaitGroup
	for i, url := range urls {
		group.Go(func() {
			if err := call(i); err != nil {
				errs[i] = fmt.Errorf("%s: %w", url, err)
			}
		})
	}
	group.Wait()
	return errors.Join(errs...)
}
