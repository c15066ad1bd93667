// caught by: explore in TestScheduleTwoCalls
// Wrong: the context that errgroup cancels after a failure is also the one that it looks at before a call,
// so a call that has not begun is left out although the caller has not given up.

// Package batcherror requests many URLs at once and reports what went wrong.
package batcherror

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"
)

type Get func(ctx context.Context, url string) ([]byte, error)
type Head func(ctx context.Context, url string) error

func Fetch(ctx context.Context, urls []string, get Get) ([][]byte, error) {
	bodies := make([][]byte, len(urls))
	group, ctx := errgroup.WithContext(ctx)
	for i, url := range urls {
		group.Go(func() (err error) {
			if err = ctx.Err(); err == nil {
				bodies[i], err = get(ctx, url)
			}
			if err != nil {
				return fmt.Errorf("fetch %s: %w", url, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return bodies, nil
}

func Check(ctx context.Context, urls []string, head Head) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, url := range urls {
		group.Go(func() (err error) {
			if err = ctx.Err(); err == nil {
				err = head(ctx, url)
			}
			if err != nil {
				return fmt.Errorf("check %s: %w", url, err)
			}
			return nil
		})
	}
	return group.Wait()
}
