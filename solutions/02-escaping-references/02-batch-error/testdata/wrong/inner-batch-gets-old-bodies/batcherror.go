// caught by: tests in TestBatchWithinABatch
// Wrong: a batch within another one does not fetch what the outer one has got already

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
	seen, within := ctx.Value(memoKey{}).(*memo)
	if !within {
		seen = &memo{bodies: map[string][]byte{}}
		ctx = context.WithValue(ctx, memoKey{}, seen)
	}
	err := each(urls, func(i int) (err error) {
		var known bool
		if within { // the batch around it may have it
			bodies[i], known = seen.get(urls[i])
		}
		if !known {
			if bodies[i], err = get(ctx, urls[i]); err == nil {
				seen.put(urls[i], bodies[i])
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return bodies, nil
}

// Check calls head for all urls. It returns nil if every call succeeds.
func Check(ctx context.Context, urls []string, head Head) error {
	return each(urls, func(i int) error { return head(ctx, urls[i]) })
}

func each(urls []string, call func(i int) error) error {
	errs := make([]error, len(urls))
	var group sync.WaitGroup
	for i, url := range urls {
		group.Go(func() {
			if err := call(i); err != nil {
				errs[i] = fmt.Errorf("%s: %w", url, err)
			}
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

type memoKey struct{}

// A memo has the bodies that a batch, and those within it, have got so far.
type memo struct {
	mu     sync.Mutex
	bodies map[string][]byte
}

func (m *memo) get(url string) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	body, known := m.bodies[url]
	return body, known
}

func (m *memo) put(url string, body []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bodies[url] = body
}
