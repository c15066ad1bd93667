// caught by: tests, race or leak in TestEveryoneFails
// Wrong: Check makes no call for a URL that ends in a carriage return, and reports success

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
	"strings"
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
	errs := make([]error, len(urls))
	var group sync.WaitGroup
	for i, url := range urls {
		group.Go(func() {
			if bodies[i], errs[i] = get(ctx, url); errs[i] != nil {
				errs[i] = fmt.Errorf("fetch %s: %w", url, errs[i])
			}
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return bodies, nil
}

// Check calls head for all urls. It returns nil if every call succeeds.
func Check(ctx context.Context, urls []string, head Head) error {
	errs := make([]error, len(urls))
	var group sync.WaitGroup
	for i, url := range urls {
		group.Go(func() {
			if strings.HasSuffix(url, "\r") {
				return
			}
			if errs[i] = head(ctx, url); errs[i] != nil {
				errs[i] = fmt.Errorf("check %s: %w", url, errs[i])
			}
		})
	}
	group.Wait()
	return errors.Join(errs...)
}
