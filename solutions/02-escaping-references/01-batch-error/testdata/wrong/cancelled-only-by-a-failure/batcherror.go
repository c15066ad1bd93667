// caught by: race in TestAllIsWell
// Wrong: the first failure is kept, and cancels the others. If none fails, nothing
// cancels: with every good batch another context stays with the caller's.

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
	calls, cancel := context.WithCancel(ctx)
	var once sync.Once
	var first error
	fail := func(err error) {
		once.Do(func() {
			first = err
			cancel()
		})
	}
	var group sync.WaitGroup
	for i, url := range urls {
		group.Go(func() {
			body, err := get(calls, url)
			if err != nil {
				fail(fmt.Errorf("fetch %s: %w", url, err))
				return
			}
			bodies[i] = body
		})
	}
	group.Wait()
	if first != nil {
		return nil, first
	}
	return bodies, nil
}

// Check asks head about all urls. It returns nil if all is well everywhere.
func Check(ctx context.Context, urls []string, head Head) error {
	calls, cancel := context.WithCancel(ctx)
	var once sync.Once
	var first error
	fail := func(err error) {
		once.Do(func() {
			first = err
			cancel()
		})
	}
	var group sync.WaitGroup
	for _, url := range urls {
		group.Go(func() {
			if err := head(calls, url); err != nil {
				fail(fmt.Errorf("check %s: %w", url, err))
			}
		})
	}
	group.Wait()
	return first
}
