// caught by: explore in TestScheduleTwoCalls
// Wrong: a map has one error per URL. If a URL is in the list twice, the call that
// was well overwrites the failure of the other: the old bug, in a map.

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
	err := all(ctx, "fetch", urls, func(ctx context.Context, i int) (err error) {
		bodies[i], err = get(ctx, urls[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	return bodies, nil
}

// Check asks head about all urls. It returns nil if all is well everywhere.
func Check(ctx context.Context, urls []string, head Head) error {
	return all(ctx, "check", urls, func(ctx context.Context, i int) error { return head(ctx, urls[i]) })
}

// all makes one call for each of the urls, all at once, and reports what failed.
func all(ctx context.Context, verb string, urls []string, call func(ctx context.Context, i int) error) error {
	var mu sync.Mutex
	errs := map[string]error{}
	var group sync.WaitGroup
	for i, url := range urls {
		group.Go(func() {
			err := call(ctx, i)
			if err != nil {
				err = fmt.Errorf("%s %s: %w", verb, url, err)
			}
			mu.Lock()
			defer mu.Unlock()
			errs[url] = err
		})
	}
	group.Wait()
	var failed []error
	for _, url := range urls {
		failed = append(failed, errs[url])
	}
	return errors.Join(failed...)
}
