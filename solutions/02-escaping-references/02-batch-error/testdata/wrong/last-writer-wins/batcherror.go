// caught by: tests in TestFetchReportsTheFailure
// Wrong: the lock ends the data race, and the detector is silent. But the last call to
// end still writes last, and it has usually succeeded.

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
	var mu sync.Mutex
	var err error
	var group sync.WaitGroup
	for i, url := range urls {
		group.Go(func() {
			body, err1 := get(ctx, url)
			if err1 != nil {
				err1 = fmt.Errorf("fetch %s: %w", url, err1)
			}
			mu.Lock()
			defer mu.Unlock()
			bodies[i], err = body, err1
		})
	}
	group.Wait()
	if err != nil {
		return nil, err
	}
	return bodies, nil
}

// Check calls head for all urls. It returns nil if every call succeeds.
func Check(ctx context.Context, urls []string, head Head) error {
	var mu sync.Mutex
	var err error
	var group sync.WaitGroup
	for _, url := range urls {
		group.Go(func() {
			err1 := head(ctx, url)
			if err1 != nil {
				err1 = fmt.Errorf("check %s: %w", url, err1)
			}
			mu.Lock()
			defer mu.Unlock()
			err = err1
		})
	}
	group.Wait()
	return err
}
