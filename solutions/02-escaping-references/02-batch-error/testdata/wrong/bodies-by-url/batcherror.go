// caught by: explore in TestScheduleTwoCalls
// Wrong: it keeps the bodies by URL. If a URL is in the list twice and its price list changes between
// the two calls, one body is lost and the other is returned twice.

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
	var mu sync.Mutex
	byURL := make(map[string][]byte, len(urls))
	err := Check(ctx, urls, func(ctx context.Context, url string) error {
		body, err := get(ctx, url)
		mu.Lock()
		defer mu.Unlock()
		byURL[url] = body
		return err
	})
	if err != nil {
		return nil, err
	}
	bodies := make([][]byte, 0, len(urls))
	for _, url := range urls {
		bodies = append(bodies, byURL[url])
	}
	return bodies, nil
}

func Check(ctx context.Context, urls []string, head Head) error {
	errs := make([]error, len(urls))
	var group sync.WaitGroup
	for i, url := range urls {
		group.Go(func() {
			if err := head(ctx, url); err != nil {
				errs[i] = fmt.Errorf("request %s: %w", url, err)
			}
		})
	}
	group.Wait()
	return errors.Join(errs...)
}
