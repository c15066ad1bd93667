// caught by: tests, race or repeat in TestEveryoneFails
// Wrong: it counts failures, and asks whether there were any. After 256 of them the count
// is zero again.

// Package batcherror gets many URLs at once and says what went wrong.
//
// Fetch and Check make the same promises. They make all their calls at once.
// They return when the last call has returned, and leave nothing running.
//
// If calls failed, the error names the URL of one of them, or of several, and
// wraps what the call said. Once a call has failed they may cancel the others;
// a call that fails only because it was cancelled is not the one to report.
package batcherror

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Get returns what is at url. It is called from many goroutines at once, and
// returns soon after ctx has ended.
type Get func(ctx context.Context, url string) ([]byte, error)

// Head asks whether all is well at url, and says what is not. It is called
// from many goroutines at once, and returns soon after ctx has ended.
type Head func(ctx context.Context, url string) error

// Fetch gets all urls and returns their bodies, in the order of urls. If it
// could not get all of them, it returns an error and no bodies.
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

// each makes one call for each URL at once, and joins what failed.
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

// Check asks head about all urls. It returns nil if all is well everywhere.
func Check(ctx context.Context, urls []string, head Head) error {
	return each(ctx, urls, func(_ int, url string) error {
		if err := head(ctx, url); err != nil {
			return fmt.Errorf("check %s: %w", url, err)
		}
		return nil
	})
}
