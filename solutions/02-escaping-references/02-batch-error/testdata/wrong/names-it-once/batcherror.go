// caught by: tests in TestCheckReportsTheFailure
// Wrong: it does not name the URL if the text of the error has it already. That may be the
// beginning of another URL, whose call has succeeded.

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
	err := all(ctx, urls, func(ctx context.Context, i int) (err error) {
		bodies[i], err = get(ctx, urls[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	return bodies, nil
}

// named returns err with the URL, unless it has it already, as those of package net/http do.
func named(url string, err error) error {
	if strings.Contains(err.Error(), url) {
		return err
	}
	return fmt.Errorf("request %s: %w", url, err)
}

// all makes all calls at once, and reports the one that failed first.
func all(ctx context.Context, urls []string, call func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failure := make(chan error, 1) // the first one
	var group sync.WaitGroup
	for i := range urls {
		group.Go(func() {
			if err := call(ctx, i); err != nil {
				select {
				case failure <- named(urls[i], err):
					cancel()
				default:
				}
			}
		})
	}
	group.Wait()
	select {
	case err := <-failure:
		return err
	default:
		return nil
	}
}

// Check calls head for all urls. It returns nil if every call succeeds.
func Check(ctx context.Context, urls []string, head Head) (err error) {
	return all(ctx, urls, func(ctx context.Context, i int) error { return head(ctx, urls[i]) })
}
