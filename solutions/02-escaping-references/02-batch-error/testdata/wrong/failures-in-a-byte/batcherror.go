// caught by: tests, race or repeat in TestEveryoneFails
// Wrong: it counts failures in 8 bits, and checks that the count is not zero. After
// 256 failures it is.

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
	err := each(ctx, urls, func(i int, url string) (err error) {
		if bodies[i], err = get(ctx, url); err != nil {
			err = fmt.Errorf("fetch %s: %w", url, err)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return bodies, nil
}

// each makes one call per URL, all at once, and joins the errors.
func each(ctx context.Context, urls []string, call func(i int, url string) error) error {
	var mu sync.Mutex
	var failed uint8
	var errs error
	var group sync.WaitGroup
	for i, url := range urls {
		group.Go(func() {
			if err := call(i, url); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed++
				errs = errors.Join(errs, err)
			}
		})
	}
	group.Wait()
	if failed == 0 {
		return nil
	}
	return errs
}

// Check calls head for all urls. It returns nil if every call succeeds.
func Check(ctx context.Context, urls []string, head Head) error {
	return each(ctx, urls, func(_ int, url string) error {
		if err := head(ctx, url); err != nil {
			return fmt.Errorf("check %s: %w", url, err)
		}
		return nil
	})
}
