// caught by: explore in TestScheduleTwoCalls
// Wrong: when the caller has given up, an error that looks like the context's is taken for
// it, and what the call itself said is gone.

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
	errs := make([]error, len(urls))
	var group sync.WaitGroup
	for i, url := range urls {
		group.Go(func() {
			if bodies[i], errs[i] = get(ctx, url); errs[i] != nil {
				errs[i] = fmt.Errorf("fetch %s: %w", url, reason(ctx, errs[i]))
			}
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return bodies, nil
}

func reason(ctx context.Context, err error) error {
	if over := ctx.Err(); over != nil && errors.Is(err, over) {
		return over
	}
	return err
}

// Check asks head about all urls. It returns nil if all is well everywhere.
func Check(ctx context.Context, urls []string, head Head) error {
	errs := make([]error, len(urls))
	var group sync.WaitGroup
	for i, url := range urls {
		group.Go(func() {
			if errs[i] = head(ctx, url); errs[i] != nil {
				errs[i] = fmt.Errorf("check %s: %w", url, reason(ctx, errs[i]))
			}
		})
	}
	group.Wait()
	return errors.Join(errs...)
}
