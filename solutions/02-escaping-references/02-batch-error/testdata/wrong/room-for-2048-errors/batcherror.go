// caught by: tests or race in TestEveryoneFails
// Wrong: the channel has room for 2,048 errors. One more call that fails waits for a
// receiver, and that waits for all calls.

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
	err := each(urls, func(i int) (err error) {
		bodies[i], err = get(ctx, urls[i])
		return wrap("fetch", urls[i], err)
	})
	if err != nil {
		return nil, err
	}
	return bodies, nil
}

// Check calls head for all urls. It returns nil if every call succeeds.
func Check(ctx context.Context, urls []string, head Head) error {
	return each(urls, func(i int) error { return wrap("check", urls[i], head(ctx, urls[i])) })
}

func wrap(verb, url string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", verb, url, err)
}

// each makes a call for each URL, all at once, and returns one of the failures.
func each(urls []string, call func(i int) error) error {
	failed := make(chan error, 2048)
	var group sync.WaitGroup
	for i := range urls {
		group.Go(func() {
			if err := call(i); err != nil {
				failed <- err
			}
		})
	}
	group.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}
