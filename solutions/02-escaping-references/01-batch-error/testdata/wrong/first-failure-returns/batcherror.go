// caught by: leak in TestEveryoneFails
// Wrong: it returns with the first error that it receives. Nobody receives from
// the others any more, and they wait to send for ever.

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
	"fmt"
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
	ended := make(chan error)
	for i, url := range urls {
		go func() {
			body, err := get(ctx, url)
			if err != nil {
				ended <- fmt.Errorf("fetch %s: %w", url, err)
				return
			}
			bodies[i] = body
			ended <- nil
		}()
	}
	for range urls {
		if err := <-ended; err != nil {
			return nil, err
		}
	}
	return bodies, nil
}

// Check asks head about all urls. It returns nil if all is well everywhere.
func Check(ctx context.Context, urls []string, head Head) error {
	ended := make(chan error)
	for _, url := range urls {
		go func() {
			if err := head(ctx, url); err != nil {
				ended <- fmt.Errorf("check %s: %w", url, err)
				return
			}
			ended <- nil
		}()
	}
	for range urls {
		if err := <-ended; err != nil {
			return err
		}
	}
	return nil
}
