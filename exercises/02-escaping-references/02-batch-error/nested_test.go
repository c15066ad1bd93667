package batcherror_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/02-escaping-references/02-batch-error"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// A call makes a batch of its own, with the context that it was given, and in that a call may
// make another. The outer batch ends in each way. For the inner ones, it is their caller.
func TestBatchWithinABatch(t *testing.T) {
	sameURLsWithin(t)
	rest := []outerEnd{ownFailure, callerGone, allWell}
	if oracle.Large(t) {
		for _, end := range append(rest, otherFails) {
			batchWithin(t, end, 1+rand.IntN(3))
		}
		if n := life.Beyond(40, 0); n > 0 {
			batchWithin(t, callerGone, 3*n) // so that there are as many of each kind
		}
	} else { // a hundred runs are quick
		batchWithin(t, otherFails, 1+rand.IntN(3))
		batchWithin(t, rest[rand.IntN(len(rest))], 1)
	}
}

// sameURLsWithin is about a batch within another one that has the same URLs: those whose calls
// have returned, and the one whose call makes it. It makes calls of its own.
func sameURLsWithin(t *testing.T) {
	inVirtualTime(t, func(t *testing.T, ctx context.Context) {
		urls := someURLs(2 + rand.IntN(3))
		check, split := rand.IntN(2) == 0, urls[0]
		bodies, err := batcherror.Fetch(ctx, urls, func(ctx context.Context, url string) ([]byte, error) {
			if url != split {
				return []byte("outer " + url), nil
			}
			time.Sleep(time.Second) // the others have returned
			if check {
				err := newJob("Check", urls).run(t, ctx, func(context.Context, string) error { return nil })
				return []byte("outer " + url), err
			}
			bodies, err := batcherror.Fetch(ctx, urls, func(_ context.Context, url string) ([]byte, error) {
				return []byte("inner " + url), nil
			})
			assertBodies(t, "inner ", urls, bodies)
			return []byte("outer " + url), err
		})
		assert.NoError(t, err, "no call failed, neither of the outer batch nor of the inner one")
		assertBodies(t, "outer ", urls, bodies)
		for _, body := range bodies {
			_ = append(body, " and what its owner appends"...)
		}
		assertBodies(t, "outer ", urls, bodies)
	})
}

// assertBodies fails t unless these are the bodies of one batch's calls.
func assertBodies(t *testing.T, begin string, urls []string, bodies [][]byte) {
	t.Helper()
	if !assert.Len(t, bodies, len(urls), "a batch within another one has the same URLs. The number of bodies that the %sone returns", begin) {
		return
	}
	for i, url := range urls {
		if got := string(bodies[i]); got != begin+url {
			t.Errorf("a batch within another one has the same URLs. The %sone has returned, and its caller has perhaps appended to bodies. Now one is %s, and should be %s", begin, life.Quoted(got), life.Quoted(begin+url))
		}
	}
}

// outerEnd is how the outer batch ends.
type outerEnd string

const (
	otherFails outerEnd = "another call of the outer batch failed after a minute"
	ownFailure outerEnd = "after a minute a call of the inner batch failed"
	callerGone outerEnd = "the caller of the outer batch cancelled after a minute"
	allWell    outerEnd = "all calls of the outer batch succeeded after a minute"
)

func someKind() string { return []string{"Fetch", "Check"}[rand.IntN(2)] }

func batchWithin(t *testing.T, end outerEnd, depth int) {
	t.Helper()
	inVirtualTime(t, func(t *testing.T, ctx context.Context) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		down, n := oracle.Sentinel("503 service unavailable"), 2+rand.IntN(3)
		urls := someURLs(n + 3*depth)
		outer, split, last := urls[:n], urls[0], urls[1]
		in := &within{t: t, end: end, down: down, outer: slices.Clone(outer)}
		var said heard
		err := newJob(someKind(), outer).run(t, ctx, said.calls(func(ctx context.Context, url string) error {
			switch {
			case url == split && end == allWell:
				go func() { _ = in.batch(ctx, urls[n:], depth) }()
				time.Sleep(time.Second) // it has begun
			case url == split:
				return in.batch(ctx, urls[n:], depth)
			case url == last && end == callerGone:
				time.Sleep(time.Minute)
				cancel()
			case url == last:
				time.Sleep(time.Minute)
				if end == otherFails {
					return down
				}
			}
			return nil
		}))
		switch end {
		case allWell:
			assert.NoError(t, err, "no call of the outer batch failed")
		case otherFails:
			assertReports(t, err, last, down, "a call failed by itself, and another one because the batch cancelled it, if it did")
		case ownFailure, callerGone:
			said.assertReports(t, err, "a call failed, whose batch failed")
		}
		time.Sleep(2 * time.Hour)
		assert.EqualValues(t, depth, in.back.Load(), "%s. This is how many batches within it have returned", end)
	})
}

// within is what the batches within another one have in common.
type within struct {
	t     *testing.T
	end   outerEnd
	down  error    // what a call of the outer batch says, if that is how it ends,
	outer []string // and the URLs of that
	back  atomic.Int64
}

// batch makes a batch of three calls that return when they are cancelled, or after an hour. One
// of them may make a batch itself, and one may fail after a minute.
func (w *within) batch(ctx context.Context, urls []string, depth int) error {
	own, deeper := oracle.Sentinel("404 not found"), urls[3:]
	urls = slices.Clone(urls[:3])
	began := time.Now()
	broken, split, hangsUp := urls[0], urls[1], rand.IntN(2) == 0
	var said heard
	err := newJob(someKind(), urls).run(w.t, ctx, said.calls(func(ctx context.Context, url string) error {
		if url == split && depth > 1 {
			return w.batch(ctx, deeper, depth-1)
		}
		patience := time.Hour
		if url == broken && w.end == ownFailure && depth == 1 {
			patience = time.Minute
		}
		select {
		case <-ctx.Done():
			if hangsUp {
				return oracle.Sentinel("connection closed")
			}
			return ctx.Err()
		case <-time.After(patience):
			if patience < time.Hour {
				return own
			}
			return nil
		}
	}))
	w.back.Add(1)
	story := "a call made a batch of its own, with the context that it was given, and then " + string(w.end)
	said.assertReports(w.t, err, story)
	if w.end == callerGone {
		assert.Equal(w.t, time.Minute, time.Since(began), "%s. Then the calls of the inner batch must be cancelled, too, however deep it is", story)
	}
	if w.end == ownFailure && depth == 1 {
		oracle.AssertWraps(w.t, err, own, story+" by itself")
	}
	if err != nil {
		assert.NotErrorIs(w.t, err, w.down, "%s. The inner batch returns the error of the outer one, and made no such call", story)
		for _, url := range w.outer {
			assert.NotContains(w.t, err.Error(), url, "%s. The inner batch names a URL of the outer one", story)
		}
	}
	return err
}

// heard is what the calls of a batch have said.
type heard struct {
	mu   sync.Mutex
	errs map[string]error // of the calls that failed
}

// calls returns a function that remembers what call returns.
func (h *heard) calls(call func(ctx context.Context, url string) error) func(ctx context.Context, url string) error {
	h.errs = map[string]error{}
	return func(ctx context.Context, url string) error {
		err := call(ctx, url)
		if err != nil {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.errs[url] = err
		}
		return err
	}
}

// assertReports fails t unless err reports a call that failed, or is nil if none did.
func (h *heard) assertReports(t *testing.T, err error, story string) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.errs) == 0 {
		assert.NoError(t, err, "%s. All calls of the batch succeeded", story)
		return
	}
	if !assert.Error(t, err, "%s. Calls of the batch that failed: %d", story, len(h.errs)) {
		return
	}
	for url, said := range h.errs {
		if reports(err, url, said) {
			return
		}
	}
	t.Errorf("%s. So %d of its calls failed. The error names none of them together with what it said: %v", story, len(h.errs), err)
}
