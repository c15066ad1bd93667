// caught by: tests or explore in TestTheReasonIsReported
// Wrong: it takes the first error in the order of the URLs that is not a context error for the reason.
// A call that was cancelled may say so in its own words, and then the reason is lost.

// Package batcherror requests many URLs at once and reports what went wrong.
package batcherror

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

type Get func(ctx context.Context, url string) ([]byte, error)
type Head func(ctx context.Context, url string) error

func Fetch(ctx context.Context, urls []string, get Get) ([][]byte, error) {
	bodies := make([][]byte, len(urls))
	if err := each(ctx, urls, func(ctx context.Context, i int) (err error) {
		bodies[i], err = get(ctx, urls[i])
		return err
	}); err != nil {
		return nil, err
	}
	return bodies, nil
}

func Check(ctx context.Context, urls []string, head Head) error {
	return each(ctx, urls, func(ctx context.Context, i int) error { return head(ctx, urls[i]) })
}

func each(ctx context.Context, urls []string, call func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, len(urls))
	var first error
	var once sync.Once
	var group sync.WaitGroup
	for i := range urls {
		group.Go(func() {
			if err := call(ctx, i); err != nil {
				errs[i] = fmt.Errorf("request %s: %w", urls[i], err)
				once.Do(func() { first = errs[i]; cancel() })
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
	return first
}
