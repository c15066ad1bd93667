package batcherror_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/02-escaping-references/02-batch-error"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// A batch makes one call per URL and reports failures. This is what Fetch and Check
// have in common.
type batch func(ctx context.Context, urls []string, call batcherror.Head) error

func fetch(ctx context.Context, urls []string, call batcherror.Head) error {
	_, err := batcherror.Fetch(ctx, urls, func(ctx context.Context, url string) ([]byte, error) {
		return []byte(url), call(ctx, url)
	})
	return err
}

var batches = map[string]batch{"Fetch": fetch, "Check": batcherror.Check}

// someURLs returns n different URLs in random order, one of which is long. None is part of
// another.
func someURLs(n int) []string {
	urls := make([]string, n)
	for i := range urls {
		urls[i] = fmt.Sprintf("https://%s/%d/prices", life.Host(i), rand.IntN(1000))
		if n >= len(life.Separators) && i < len(life.Separators) { // of many, a few end in each odd way
			urls[i] += life.Separators[i : i+1]
		}
	}
	if n > 0 {
		urls[0] += "?articles=" + strings.Repeat("0,", 2000+rand.IntN(2000)) + "end"
	}
	if n > 1 { // one with a password, and one that quotes, escapes or trimming would change
		urls[n-1] = fmt.Sprintf("https://prices:n%dnight@%s/", rand.IntN(1000), life.Host(n-1))
		urls[n-2] += "?q=\"50%\"\\n\xff "
	}
	rand.Shuffle(n, func(i, j int) { urls[i], urls[j] = urls[j], urls[i] })
	return urls
}

// reports reports whether err names url and wraps said, the error of its call. An err
// that claims to wrap everything does not count.
func reports(err error, url string, said error) bool {
	stranger := oracle.Sentinel("%v", said)
	return errors.Is(err, said) && !errors.Is(err, stranger) && strings.Contains(err.Error(), url)
}

// assertReports fails t unless err names url and wraps said, the error of its call.
func assertReports(t *testing.T, err error, url string, said error, story string) {
	t.Helper()
	if oracle.AssertWraps(t, err, said, story) {
		assert.ErrorContains(t, err, url, "the error must name the URL that failed")
	}
}

// assertBlamesNoOther fails t if err names a URL whose call succeeded.
func assertBlamesNoOther(t *testing.T, err error, broken string, urls []string) {
	t.Helper()
	for _, url := range urls {
		if url != broken && err != nil {
			assert.NotContains(t, err.Error(), url, "this call succeeded: the error must name only URLs that failed")
		}
	}
}

// A job runs a batch and records its calls: for which URLs, how often, and with
// what context.
type job struct {
	name    string // Fetch or Check
	urls    []string
	running atomic.Int64

	mu    sync.Mutex
	asked map[string]int
}

func newJob(name string, urls []string) *job {
	return &job{name: name, urls: urls, asked: map[string]int{}}
}

// run runs the batch and returns its result. It checks that each call's context comes
// from the caller, that no URL is requested twice, that all are requested unless the caller
// has given up, and that all calls have returned when the batch returns.
func (j *job) run(t *testing.T, ctx context.Context, call batcherror.Head) error {
	t.Helper()
	type key struct{}
	id, given := rand.Int(), slices.Clone(j.urls)
	err := batches[j.name](context.WithValue(ctx, key{}, id), given, func(ctx context.Context, url string) error {
		j.running.Add(1)
		defer j.running.Add(-1)
		j.mu.Lock()
		j.asked[url]++
		j.mu.Unlock()
		assert.Equal(t, id, ctx.Value(key{}), "%s: the context of a call does not come from the caller", j.name)
		return call(ctx, url)
	})
	assert.Zero(t, j.running.Load(), "%s has returned while some of its calls are still running: "+
		"they use memory that the caller thinks is free", j.name)
	assert.Equal(t, j.urls, given, "%s changed its caller's URLs", j.name)
	j.assertAskedOnce(t)
	if ctx.Err() == nil {
		j.assertAskedAll(t)
	}
	return err
}

func (j *job) assertAskedOnce(t *testing.T) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	for url, times := range j.asked {
		assert.Equal(t, 1, times, "%s requested %s %d times", j.name, url, times)
	}
}

// assertAskedAll fails t unless every URL was requested.
func (j *job) assertAskedAll(t *testing.T) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	assert.Len(t, j.asked, len(j.urls), "%s did not request all of the %d URLs", j.name, len(j.urls))
}

func TestNothingToDo(t *testing.T) {
	var calls atomic.Int64
	bodies, err := batcherror.Fetch(t.Context(), nil, func(context.Context, string) ([]byte, error) {
		calls.Add(1)
		return nil, nil
	})
	assert.NoError(t, err)
	assert.Empty(t, bodies)
	assert.NoError(t, batcherror.Check(t.Context(), nil, func(context.Context, string) error {
		calls.Add(1)
		return nil
	}))
	assert.Zero(t, calls.Load(), "there are no URLs to request")
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

	gone := oracle.Sentinel("410 gone")
	bodies, err = batcherror.Fetch(t.Context(), []string{url}, func(context.Context, string) ([]byte, error) {
		return body, gone
	})
	assertReports(t, err, url, gone, "the error must wrap the one from get")
	assert.Empty(t, bodies, "Fetch must return no bodies if it fails")

	assert.NoError(t, batcherror.Check(t.Context(), []string{url}, func(_ context.Context, asked string) error {
		assert.Equal(t, url, asked)
		return nil
	}))
	err = batcherror.Check(t.Context(), []string{url}, func(context.Context, string) error { return gone })
	assertReports(t, err, url, gone, "the error must wrap the one from head")
}

// The caller's context reaches every call, with its values and its cancellation.
func TestTheCallersContext(t *testing.T) {
	type key struct{}
	id := rand.Int()
	for name, run := range batches {
		ctx := context.WithValue(t.Context(), key{}, id)
		assert.NoError(t, run(ctx, someURLs(1), func(ctx context.Context, _ string) error {
			assert.Equal(t, id, ctx.Value(key{}), "%s: the context of the calls does not come from the caller", name)
			return nil
		}))
		ctx, cancel := context.WithCancel(ctx)
		oracle.Within(t, func() {
			err := run(ctx, someURLs(1), func(ctx context.Context, _ string) error {
				cancel()
				<-ctx.Done()
				return ctx.Err()
			})
			assert.ErrorIs(t, err, context.Canceled, "%s: the caller cancelled, and so the call failed", name)
		}, name+": the caller cancelled, but the call does not see it")
	}
}

// All calls succeed: no error, and the bodies are in order.
func TestAllIsWell(t *testing.T) {
	urls := someURLs(3 + rand.IntN(6))
	urls[rand.IntN(len(urls))] = ""
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

	for name := range batches {
		inVirtualTime(t, func(t *testing.T, ctx context.Context) {
			j := newJob(name, urls)
			assert.NoError(t, j.run(t, ctx, func(context.Context, string) error { return nil }))
			j.assertAskedAll(t)
		})
	}

	// The same, but the first call is the last to answer.
	inVirtualTime(t, func(t *testing.T, ctx context.Context) {
		bodies, err := batcherror.Fetch(ctx, urls, func(_ context.Context, url string) ([]byte, error) {
			time.Sleep(time.Duration(len(urls)-slices.Index(urls, url)) * time.Minute)
			return byURL[url], nil
		})
		assert.NoError(t, err)
		assert.Equal(t, want, bodies, "the bodies come in the order of the URLs, not of the answers")
	})
	for name := range batches {
		inVirtualTime(t, func(t *testing.T, ctx context.Context) { contextsLast(t, ctx, name, urls) })
	}
}

// contextsLast has the calls of a batch succeed one after the other. A goroutine that a call has
// started may go on with its context until the last one has.
func contextsLast(t *testing.T, ctx context.Context, name string, urls []string) {
	t.Helper()
	var mu sync.Mutex
	var earlier []context.Context
	err := newJob(name, urls).run(t, ctx, func(ctx context.Context, url string) error {
		time.Sleep(time.Duration(1+slices.Index(urls, url)) * time.Minute)
		mu.Lock()
		defer mu.Unlock()
		for _, c := range earlier {
			assert.NoError(t, c.Err(), "a call has returned, and a goroutine that it has started goes on with its context. "+
				"No call has failed and the caller has not given up. What ends the context of that call?")
		}
		earlier = append(earlier, ctx)
		return nil
	})
	assert.NoError(t, err)
}

func TestFetchReportsTheFailure(t *testing.T) { reportsTheFailure(t, "Fetch") }
func TestCheckReportsTheFailure(t *testing.T) { reportsTheFailure(t, "Check") }

// One of many calls fails, after a minute. The others succeed, after an hour.
func reportsTheFailure(t *testing.T, name string) {
	inVirtualTime(t, func(t *testing.T, ctx context.Context) {
		urls := someURLs(3 + rand.IntN(6))
		broken, down := urls[rand.IntN(len(urls))], oracle.Sentinel("503 service unavailable")
		j := newJob(name, urls)
		err := j.run(t, ctx, func(_ context.Context, url string) error {
			if url == broken {
				time.Sleep(time.Minute)
				return down
			}
			time.Sleep(time.Hour)
			return nil
		})
		assertReports(t, err, broken, down, fmt.Sprintf(
			"one call failed after a minute, the other %d succeeded after an hour, and %s lost the failure.\n"+
				"Where is it kept until then, which other goroutines write there, and when is it read?", len(urls)-1, name))
		assertBlamesNoOther(t, err, broken, urls)
		time.Sleep(time.Hour)
		j.assertAskedOnce(t)
		j.assertAskedAll(t)
	})
	for _, longer := range []bool{true, false} {
		failsElsewhere(t, name, longer)
	}
	for i, down := range append(life.Troubles("503 service unavailable"), context.DeadlineExceeded) {
		urls := someURLs(2)
		if i == 0 {
			urls[0] += "?" + strings.Repeat("x", oracle.Beyond(10_000, 1<<20))
		}
		err := newJob(name, urls).run(t, t.Context(), func(_ context.Context, url string) error {
			if url == urls[0] {
				return down
			}
			return nil
		})
		assertReports(t, err, urls[0], down, name+" lost the failure of a call: whatever error it returns, it has failed")
	}
}

// One call is sent on to another URL of the batch, and fails there. The call for that URL
// itself succeeds. The error of the first call contains the other URL, which is its own
// with more at the end, or with less. The error has to name the URL whose call failed.
func failsElsewhere(t *testing.T, name string, longer bool) {
	t.Helper()
	urls := someURLs(3 + rand.IntN(6))
	i := 1 + rand.IntN(len(urls)-1)
	urls[0] = urls[i] + []string{"/today", "?page=2", ".old"}[rand.IntN(3)]
	broken, other := urls[i], urls[0]
	if !longer {
		broken, other = other, broken
	}
	rand.Shuffle(len(urls), func(i, j int) { urls[i], urls[j] = urls[j], urls[i] })
	down := fmt.Errorf("%w at %s", oracle.Sentinel("503 service unavailable"), other)
	inVirtualTime(t, func(t *testing.T, ctx context.Context) {
		err := newJob(name, urls).run(t, ctx, func(_ context.Context, url string) error {
			if url == broken {
				return down
			}
			return nil
		})
		if oracle.AssertWraps(t, err, down, name+" lost the failure of a call") {
			rest := err.Error()
			if longer {
				rest = strings.ReplaceAll(rest, other, "")
			}
			assert.Contains(t, rest, broken, "the call for this URL has failed, at another URL of the batch, and the error names only that: %v", err)
		}
	})
}

// One call fails while the others take long. A batch may cancel the others, but it
// must wait until all of them have returned.
func TestReturnsAfterTheLastCall(t *testing.T) {
	for name := range batches {
		inVirtualTime(t, func(t *testing.T, ctx context.Context) {
			urls := someURLs(3 + rand.IntN(6))
			broken, down := urls[rand.IntN(len(urls))], oracle.Sentinel("503 service unavailable")
			err := newJob(name, urls).run(t, ctx, func(ctx context.Context, url string) error {
				if url == broken {
					time.Sleep(time.Minute)
					return down
				}
				select {
				case <-ctx.Done(): // hanging up takes a moment
					time.Sleep(time.Second)
				case <-time.After(time.Hour):
				}
				return nil
			})
			assertReports(t, err, broken, down, name+" lost the failure of the call that ended first")
		})
	}
}

// The caller cancels after a minute. All calls see it, and each takes a
// moment to hang up.
func TestTheCallerGivesUp(t *testing.T) {
	for name := range batches {
		inVirtualTime(t, func(t *testing.T, ctx context.Context) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(time.Minute, cancel)
			urls := someURLs(3 + rand.IntN(6))
			began := time.Now()
			j := newJob(name, urls)
			err := j.run(t, ctx, func(ctx context.Context, _ string) error {
				select {
				case <-ctx.Done():
					time.Sleep(time.Second)
					return ctx.Err()
				case <-time.After(time.Hour):
					return nil
				}
			})
			assert.Equal(t, time.Minute+time.Second, time.Since(began),
				"the caller cancelled after a minute, and each call returned a second later: %s should return then", name)
			oracle.AssertWraps(t, err, context.Canceled, name+": the caller cancelled, and so all calls failed")
			j.assertAskedAll(t)
		})
		most := 500
		if firstRun(t, name) {
			most = 5000
		}
		for _, n := range life.Sizes(oracle.Random(t), most) {
			callerHasGivenUp(t, name, n)
		}
	}
}

// The caller cancels before or during one of the calls. All calls that are made
// succeed. If a call is not made, the batch must fail.
func callerHasGivenUp(t *testing.T, name string, n int) {
	t.Helper()
	inVirtualTime(t, func(t *testing.T, ctx context.Context) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		urls := someURLs(n)
		last := urls[rand.IntN(n)]
		if rand.IntN(2) == 0 {
			cancel()
		}
		j := newJob(name, urls)
		err := j.run(t, ctx, func(_ context.Context, url string) error {
			if url == last {
				cancel()
			}
			return nil
		})
		skipped := func(url string) bool { return j.asked[url] == 0 }
		if err == nil {
			assert.Len(t, j.asked, n, "%s: the caller cancelled and some of %d calls were not made, but there is no error", name, n)
			return
		}
		oracle.AssertWraps(t, err, context.Canceled, name+": the caller cancelled, and no call failed by itself")
		assert.True(t, slices.ContainsFunc(urls, func(url string) bool { return skipped(url) && strings.Contains(err.Error(), url) }),
			"%s: the caller cancelled, and the error names no call that was not made: %v", name, err)
	})
}

// One call fails. The others return if they are cancelled, with the context's error or an
// error of their own, and that must not be reported as a failure.
func TestTheReasonIsReported(t *testing.T) {
	for name := range batches {
		inVirtualTime(t, func(t *testing.T, ctx context.Context) {
			n := 3 + rand.IntN(6)
			if firstRun(t, name) {
				n = oracle.Beyond(100, 3000)
			}
			urls := someURLs(n)
			broken, down := urls[1+rand.IntN(len(urls)-2)], oracle.Sentinel("503 service unavailable")
			cancelled := []error{context.Canceled, oracle.Sentinel("connection closed")}[rand.IntN(2)]
			err := newJob(name, urls).run(t, ctx, func(ctx context.Context, url string) error {
				if url == broken {
					time.Sleep(time.Minute)
					return down
				}
				select {
				case <-ctx.Done():
					return cancelled
				case <-time.After(time.Hour):
					return nil
				}
			})
			assertReports(t, err, broken, down,
				name+" does not report the cause: one call failed by itself, the others only because they were cancelled, if at all")
		})
	}
}

// All calls fail, each with its own error. At least one of them must be reported, and
// no goroutine may be left behind.
func TestEveryoneFails(t *testing.T) {
	for name := range batches {
		everyoneFails(t, name, 3+rand.IntN(6))
		if firstRun(t, name) {
			everyoneFails(t, name, 1<<8) // a counter of 8 bits is back at zero
			everyoneFails(t, name, oracle.Many())
		}
	}
}

func everyoneFails(t *testing.T, name string, n int) {
	t.Helper()
	urls := someURLs(n)
	said := map[string]error{}
	for i, url := range urls {
		said[url] = oracle.Sentinel("status %d", 500+i)
	}
	var err error
	oracle.Within(t, func() {
		err = newJob(name, urls).run(t, t.Context(), func(_ context.Context, url string) error { return said[url] })
	}, fmt.Sprintf("all %d calls failed, and %s does not return. Which goroutine waits for which?", n, name))
	reported := slices.ContainsFunc(urls, func(url string) bool { return reports(err, url, said[url]) })
	assert.True(t, reported, "all %d calls failed, and %s reports none of them with both its URL and its error: %v", n, name, err)
}

// firstRun reports whether this process runs a test for the first time with this kind of
// batch. The first run has more URLs than any limit in a fix could allow for; the
// other runs are quick.
func firstRun(t *testing.T, name string) bool {
	_, had := hasRun.LoadOrStore(t.Name()+name, true)
	return !had
}

var hasRun sync.Map

// All calls can be in progress at the same time, whether two or thousands.
func TestAllAtOnce(t *testing.T) {
	for name := range batches {
		many := 20 + rand.IntN(100)
		if firstRun(t, name) {
			many = oracle.Many()
		}
		for _, n := range []int{2, many} {
			j := newJob(name, someURLs(n))
			meeting := oracle.NewMeeting(n)
			oracle.Within(t, func() {
				assert.NoError(t, j.run(t, t.Context(), func(context.Context, string) error {
					meeting.Arrive()
					return nil
				}))
				j.assertAskedAll(t)
			}, fmt.Sprintf("%s should make %d calls at once, but some wait until others have returned. "+
				"Guard the result, not the work", name, n))
		}
	}
	if firstRun(t, "both") {
		bothAtOnce(t, oracle.Many())
	}
}

// bothAtOnce makes two large batches, all of whose calls must be in progress at the same time.
func bothAtOnce(t *testing.T, n int) {
	t.Helper()
	meeting := oracle.NewMeeting(n * len(batches))
	oracle.Within(t, func() {
		var group sync.WaitGroup
		for name := range batches {
			group.Go(func() {
				assert.NoError(t, newJob(name, someURLs(n)).run(t, t.Context(), func(context.Context, string) error {
					meeting.Arrive()
					return nil
				}))
			})
		}
		group.Wait()
	}, fmt.Sprintf("%d batches of %d calls each should run at once, but some calls of one wait for calls of another", len(batches), n))
}

// inVirtualTime runs fn in a bubble, whose clock moves only while every
// goroutine waits. That makes an hour short and the order of events certain.
// When fn returns, nothing that it started may continue: neither goroutines nor
// uses of its context.
func inVirtualTime(t *testing.T, fn func(t *testing.T, ctx context.Context)) {
	t.Helper()
	oracle.Within(t, func() {
		oracle.Bubble(t, func(t *testing.T) {
			ctx := oracle.Watch(t.Context())
			here := oracle.WhoIsHere()
			fn(t, ctx)
			synctest.Wait()
			looks := ctx.Asked()
			here.AssertNothingGoesOn(t, "The batch and all of its calls have returned.")
			assert.Equal(t, looks, ctx.Asked(),
				"the batch has returned, but something still uses its caller's context")
			oracle.AssertReleased(t, t.Context(), "The batch has returned")
			time.Sleep(24 * time.Hour) // a goroutine that is only late can end; one that remains is stuck
		})
	}, "a call sleeps, and another goroutine waits for a lock that is held meanwhile")
}
