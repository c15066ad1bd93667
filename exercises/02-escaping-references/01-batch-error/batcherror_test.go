package batcherror_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/02-escaping-references/01-batch-error"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// A batch makes one call per URL and reports what failed: Fetch and Check,
// seen from outside.
type batch func(ctx context.Context, urls []string, call batcherror.Head) error

func fetch(ctx context.Context, urls []string, call batcherror.Head) error {
	_, err := batcherror.Fetch(ctx, urls, func(ctx context.Context, url string) ([]byte, error) {
		return []byte(url), call(ctx, url)
	})
	return err
}

var batches = map[string]batch{"Fetch": fetch, "Check": batcherror.Check}

// someURLs returns n different URLs, none of them part of another.
func someURLs(n int) []string {
	urls := make([]string, n)
	for i := range urls {
		urls[i] = fmt.Sprintf("https://shop-%d.example/%d/prices", i, rand.IntN(1000))
	}
	return urls
}

// reports tells whether err names url and wraps what was said there.
func reports(err error, url string, said error) bool {
	return errors.Is(err, said) && strings.Contains(err.Error(), url)
}

// assertReports fails t unless err names url and wraps what was said there.
func assertReports(t *testing.T, err error, url string, said error, story string) {
	t.Helper()
	if assert.ErrorIs(t, err, said, story) {
		assert.ErrorContains(t, err, url, "the error must name the URL that failed")
	}
}

func TestNothingToDo(t *testing.T) {
	bodies, err := batcherror.Fetch(t.Context(), nil, func(context.Context, string) ([]byte, error) {
		return nil, errors.New("nobody asked for this")
	})
	assert.NoError(t, err)
	assert.Empty(t, bodies)
	assert.NoError(t, batcherror.Check(t.Context(), nil, func(context.Context, string) error {
		return errors.New("nobody asked for this")
	}))
}

func TestOneURL(t *testing.T) {
	url := someURLs(1)[0]
	body := fmt.Appendf(nil, "price %d", rand.Int())
	bodies, err := batcherror.Fetch(t.Context(), []string{url}, func(_ context.Context, asked string) ([]byte, error) {
		assert.Equal(t, url, asked)
		return body, nil
	})
	assert.NoError(t, err)
	assert.Equal(t, [][]byte{body}, bodies)

	gone := errors.New("410 gone")
	bodies, err = batcherror.Fetch(t.Context(), []string{url}, func(context.Context, string) ([]byte, error) {
		return body, gone
	})
	assertReports(t, err, url, gone, "the error must wrap what get said")
	assert.Empty(t, bodies, "there are no bodies when Fetch fails")

	assert.NoError(t, batcherror.Check(t.Context(), []string{url}, func(_ context.Context, asked string) error {
		assert.Equal(t, url, asked)
		return nil
	}))
	err = batcherror.Check(t.Context(), []string{url}, func(context.Context, string) error { return gone })
	assertReports(t, err, url, gone, "the error must wrap what head said")
}

// The caller's context reaches every call: its values, and its end.
func TestTheCallersContext(t *testing.T) {
	type key struct{}
	id := rand.Int()
	for name, run := range batches {
		ctx := context.WithValue(t.Context(), key{}, id)
		assert.NoError(t, run(ctx, someURLs(1), func(ctx context.Context, _ string) error {
			assert.Equal(t, id, ctx.Value(key{}), "%s: the calls got another context than the caller's", name)
			return nil
		}))
		ctx, cancel := context.WithCancel(ctx)
		oracle.Within(t, func() {
			err := run(ctx, someURLs(1), func(ctx context.Context, _ string) error {
				cancel()
				<-ctx.Done()
				return ctx.Err()
			})
			assert.ErrorIs(t, err, context.Canceled, "%s: the caller gave up, and so did the call", name)
		}, name+": the caller gave up, and the call does not hear of it")
	}
}

// Nobody fails: nothing to report, and the bodies in order.
func TestAllIsWell(t *testing.T) {
	urls := someURLs(3 + rand.IntN(6))
	want := make([][]byte, len(urls))
	byURL := map[string][]byte{}
	for i, url := range urls {
		want[i] = fmt.Appendf(nil, "price %d", rand.Int())
		byURL[url] = want[i]
	}
	bodies, err := batcherror.Fetch(t.Context(), urls, func(_ context.Context, url string) ([]byte, error) {
		return byURL[url], nil
	})
	assert.NoError(t, err)
	assert.Equal(t, want, bodies)
	assert.NoError(t, batcherror.Check(t.Context(), urls, func(context.Context, string) error { return nil }))
}

func TestFetchReportsTheFailure(t *testing.T) { reportsTheFailure(t, "Fetch") }
func TestCheckReportsTheFailure(t *testing.T) { reportsTheFailure(t, "Check") }

// One of many fails, after a minute. The others take an hour, and are well.
func reportsTheFailure(t *testing.T, name string) {
	inVirtualTime(t, func(t *testing.T) {
		urls := someURLs(3 + rand.IntN(6))
		broken, down := urls[rand.IntN(len(urls))], errors.New("503 service unavailable")
		err := batches[name](t.Context(), urls, func(_ context.Context, url string) error {
			if url == broken {
				time.Sleep(time.Minute)
				return down
			}
			time.Sleep(time.Hour)
			return nil
		})
		assertReports(t, err, broken, down, fmt.Sprintf(
			"one call failed after a minute, the other %d were well after an hour, and %s has lost the failure.\n"+
				"Where was it kept meanwhile, who else writes there, and when is it read?", len(urls)-1, name))
	})
}

// One fails and the others take long. Nobody has to wait for the others to end
// well, but everybody has to wait for them to end.
func TestReturnsAfterTheLastCall(t *testing.T) {
	for name, run := range batches {
		inVirtualTime(t, func(t *testing.T) {
			urls := someURLs(3 + rand.IntN(6))
			broken, down := urls[rand.IntN(len(urls))], errors.New("503 service unavailable")
			var running atomic.Int64
			err := run(t.Context(), urls, func(ctx context.Context, url string) error {
				running.Add(1)
				defer running.Add(-1)
				if url == broken {
					time.Sleep(time.Minute)
					return down
				}
				select {
				case <-ctx.Done(): // takes a moment to hang up
					time.Sleep(time.Second)
				case <-time.After(time.Hour):
				}
				return nil
			})
			assert.Zero(t, running.Load(), "%s has returned, and some of its calls are still running: "+
				"they use what the caller believes to be its own again", name)
			assertReports(t, err, broken, down, name+" has lost the failure of the call that ended first")
		})
	}
}

// One fails. The others give up if they are told to, which is no failure of theirs.
func TestTheReasonIsReported(t *testing.T) {
	for name, run := range batches {
		inVirtualTime(t, func(t *testing.T) {
			urls := someURLs(3 + rand.IntN(6))
			broken, down := urls[1+rand.IntN(len(urls)-2)], errors.New("503 service unavailable")
			err := run(t.Context(), urls, func(ctx context.Context, url string) error {
				if url == broken {
					time.Sleep(time.Minute)
					return down
				}
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-time.After(time.Hour):
					return nil
				}
			})
			assertReports(t, err, broken, down,
				name+" does not tell the reason: one call failed by itself, the others at most because they were cancelled")
		})
	}
}

// Everybody fails, each in its own way. One of them at least must be reported,
// and nobody may be left behind.
func TestEveryoneFails(t *testing.T) {
	for name, run := range batches {
		urls := someURLs(3 + rand.IntN(6))
		said := map[string]error{}
		for i, url := range urls {
			said[url] = fmt.Errorf("status %d", 500+i)
		}
		var err error
		oracle.Within(t, func() {
			err = run(t.Context(), urls, func(_ context.Context, url string) error { return said[url] })
		}, fmt.Sprintf("all %d calls have failed, and %s does not return. Who waits for whom?", len(urls), name))
		reported := 0
		for url, err1 := range said {
			if reports(err, url, err1) {
				reported++
			}
		}
		assert.Positive(t, reported, "all %d calls failed, and %s names none of them together with what it said: %v",
			len(urls), name, err)
	}
}

// All calls must be able to be under way at the same time.
func TestAllAtOnce(t *testing.T) {
	for name, run := range batches {
		urls := someURLs(50 + rand.IntN(50))
		meeting := oracle.NewMeeting(len(urls))
		oracle.Within(t, func() {
			assert.NoError(t, run(t.Context(), urls, func(context.Context, string) error {
				meeting.Arrive()
				return nil
			}))
		}, fmt.Sprintf("%s was to make %d calls at once, but some wait until others have returned. "+
			"Guard the result, not the work", name, len(urls)))
	}
}

// inVirtualTime runs fn in a bubble whose clock moves only while everybody
// waits, which makes an hour short and the order of events certain. Who is
// merely late has a day to end; who then remains is stuck.
func inVirtualTime(t *testing.T, fn func(t *testing.T)) {
	t.Helper()
	oracle.Within(t, func() {
		synctest.Test(t, func(t *testing.T) {
			fn(t)
			time.Sleep(24 * time.Hour)
		})
	}, "a call sleeps, and somebody waits for a lock that is not let go meanwhile")
}
