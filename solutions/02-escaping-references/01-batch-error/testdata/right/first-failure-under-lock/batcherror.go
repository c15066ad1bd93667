// Right: one place for the failure, with a mutex, and a rule: only an error is
// written there, and only if there is none yet. It is read when all have ended.

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
	var first failure
	var group sync.WaitGroup
	for i, url := range urls {
		group.Go(func() {
			body, err := get(ctx, url)
			if err != nil {
				first.set(fmt.Errorf("fetch %s: %w", url, err))
				return
			}
			bodies[i] = body
		})
	}
	group.Wait()
	if first.err != nil {
		return nil, first.err
	}
	return bodies, nil
}

// Check asks head about all urls. It returns nil if all is well everywhere.
func Check(ctx context.Context, urls []string, head Head) error {
	var first failure
	var group sync.WaitGroup
	for _, url := range urls {
		group.Go(func() {
			if err := head(ctx, url); err != nil {
				first.set(fmt.Errorf("check %s: %w", url, err))
			}
		})
	}
	group.Wait()
	return first.err
}

// failure keeps the first error that it is told.
type failure struct {
	mu  sync.Mutex
	err error
}

func (f *failure) set(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
}
