// caught by: tests in TestAllIsWell
// Wrong: each call has a context that is over when the call returns. What a goroutine that it
// has started still does with it is given up, although the batch goes on.

// Package batcherror requests many URLs at once.
package batcherror

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Get returns the body at url.
type Get func(ctx context.Context, url string) ([]byte, error)

// Head checks url.
type Head func(ctx context.Context, url string) error

// batch makes one call for each url, each with a context of its own that is released as
// soon as the call has returned.
func batch(ctx context.Context, what string, urls []string, f func(ctx context.Context, i int) error) error {
	errs := make([]error, len(urls))
	var group sync.WaitGroup
	for i, url := range urls {
		group.Go(func() {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			if err := f(ctx, i); err != nil {
				errs[i] = fmt.Errorf("%s %s: %w", what, url, err)
			}
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

// Fetch gets all urls and returns their bodies, in the order of urls.
func Fetch(ctx context.Context, urls []string, get Get) ([][]byte, error) {
	bodies := make([][]byte, len(urls))
	err := batch(ctx, "fetch", urls, func(ctx context.Context, i int) (err error) {
		bodies[i], err = get(ctx, urls[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	return bodies, nil
}

// Check calls head for all urls.
func Check(ctx context.Context, urls []string, head Head) error {
	return batch(ctx, "check", urls, func(ctx context.Context, i int) error { return head(ctx, urls[i]) })
}
