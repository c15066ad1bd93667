package batcherror_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"heisenkata/exercises/02-escaping-references/02-batch-error"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// A batchScript is a batch and what each of its calls does. A URL that occurs more
// than once has a separate call each time.
type batchScript struct {
	fetch   bool // otherwise Check
	caller  int
	urls    []string
	answers []answer // one per URL
	meets   bool     // no call returns before all have begun
}

// An answer is the result of one call, and when it comes.
type answer struct {
	when moment
	err  error // nil: success
	body []byte
}

type moment string

const (
	atOnce      moment = ""
	afterPause  moment = "slowly "                         // if the call is held: once the other goroutines are done
	ifAllowed   moment = "if its context is not over, "    // otherwise it returns the context's error
	withContext moment = "waits until its context is over" // and returns the context's error
)

func someScript(r *rand.Rand, caller int, moments ...moment) *batchScript {
	b := &batchScript{fetch: r.IntN(2) == 0, caller: caller, meets: caller == neverGivingUp && r.IntN(2) == 0}
	urls := []string{life.Host(0) + "/", life.Host(1) + "/", life.Host(2) + "/" + []string{"", life.Word(r)}[r.IntN(2)]}
	for i := range r.IntN(4) + life.Crowd(r, 100) {
		b.urls = append(b.urls, urls[r.IntN(3)])
		a := answer{when: moments[r.IntN(len(moments))]}
		if r.IntN(2) == 0 && a.when != withContext {
			a.err = someFailure(r)
		}
		a.body = [][]byte{fmt.Appendf(nil, "prices of %s at %d", b.urls[i], i), {}, nil}[i%3]
		b.answers = append(b.answers, a)
	}
	return b
}

// someFailure returns an error of the call's own, even if it looks like a context's.
func someFailure(r *rand.Rand) error {
	own := oracle.Sentinel("status %d", 500+r.IntN(100))
	return []error{
		own,
		life.Trouble(r, "status 500"),
		fmt.Errorf("get: %w", own),
		fmt.Errorf("%w: %w", own, context.DeadlineExceeded),
		fmt.Errorf("%w: %w", own, context.Canceled),
	}[r.IntN(5)]
}

func (b *batchScript) has(when moment) bool {
	return slices.ContainsFunc(b.answers, func(a answer) bool { return a.when == when })
}

// fails reports whether some call fails by itself, whatever the others do.
func (b *batchScript) fails() bool {
	return slices.ContainsFunc(b.answers, func(a answer) bool { return a.err != nil && a.when != withContext })
}

// String formats the batch as a caller would write it, with what its calls do.
func (b *batchScript) String() string {
	name, calls := "Check", []string{}
	if b.fetch {
		name = "Fetch"
	}
	for i, a := range b.answers {
		text := "well"
		switch {
		case a.when == withContext:
			text = ""
		case a.err != nil:
			text = a.err.Error()
		}
		calls = append(calls, b.urls[i]+": "+string(a.when)+text)
	}
	if b.meets {
		calls = append(calls, "when all have begun")
	}
	return fmt.Sprintf("%s(ctx%c) [%s]", name, 'A'+b.caller, strings.Join(calls, "; "))
}

// A batchRun records and checks the calls of one batch.
type batchRun struct {
	*batchScript
	t       testing.TB
	caller  context.Context
	pause   func()
	meeting *oracle.Meeting
	running atomic.Int64
	failed  atomic.Bool // a call has failed, so the contexts of the others may be cancelled

	mu    sync.Mutex
	given []context.Context // the contexts of the calls
	begun []bool            // by index of the call
	ended map[string][]error
	over  bool // the batch has returned
}

type key string

// run runs a batch and describes its result.
func (o *office) run(script *batchScript, m contract.Moments) string {
	b := &batchRun{batchScript: script, t: o.t, caller: o.callers[script.caller].ctx, pause: m.Pause,
		meeting: oracle.NewMeeting(max(1, len(script.urls))), begun: make([]bool, len(script.urls)),
		ended: map[string][]error{}}
	ctx, given := context.WithValue(b.caller, key("batch"), b), slices.Clone(b.urls)
	var bodies [][]byte
	var err error
	if b.fetch {
		bodies, err = batcherror.Fetch(ctx, given, b.get)
	} else {
		err = batcherror.Check(ctx, given, b.head)
	}
	if n := b.running.Load(); n > 0 {
		b.complain("it returned while %d of its calls were still running", n)
	}
	if !slices.Equal(given, b.urls) {
		b.complain("it changed its caller's URLs to %q", given)
	}
	for i := range given { // the slice belongs to the caller again
		given[i] = "" // the race detector does not see what clear writes
	}
	return b.said(bodies, err)
}

// said describes the result of a batch.
func (b *batchRun) said(bodies [][]byte, err error) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
	for _, ctx := range b.given {
		if ctx.Err() == nil && ctx.Done() != b.caller.Done() {
			b.complain("it returned, and a context that it made for a call was not cancelled: was cancel ever called?")
		}
	}
	if err == nil {
		return b.saidWell(bodies)
	}
	if b.caller.Err() == nil && slices.Contains(b.begun, false) {
		return fmt.Sprintf("the error “%v”, but not all calls were made, although the caller has not given up", err)
	}
	if len(bodies) > 0 {
		return fmt.Sprintf("bodies and the error “%v”", err)
	}
	oracle.AssertHonest(b.t, err, "an error")
	found, wrong := "", ""
	for i, url := range b.urls {
		named := strings.Contains(err.Error(), url)
		switch failures := b.ended[url]; {
		case !named:
		case slices.ContainsFunc(failures, func(f error) bool { return own(f) && errors.Is(err, f) }):
			found = aFailure
		case b.caller.Err() != nil && errors.Is(err, b.caller.Err()) && (!b.begun[i] || !all(failures, own)):
			found = cmp.Or(found, callerGaveUp)
		case len(failures) > 0 && all(failures, own) && !slices.Contains(b.begun, false):
			wrong = fmt.Sprintf("an error that names %s but does not wrap the error of its call, “%v”: “%v”", url, failures[0], err)
		case len(failures) == 0 && !slices.Contains(b.begun, false):
			wrong = fmt.Sprintf("an error that blames %s, whose call succeeded: “%v”", url, err)
		}
	}
	switch {
	case wrong != "":
		return wrong
	case found != "":
		return found
	}
	return fmt.Sprintf("the error “%v”", err)
}

func (b *batchRun) saidWell(bodies [][]byte) string {
	for url, failures := range b.ended {
		if len(failures) > 0 {
			return fmt.Sprintf("no error, although %s failed: “%v”", url, failures[0])
		}
	}
	if slices.Contains(b.begun, false) {
		return "no error, although not all calls were made"
	}
	if b.fetch && !b.isOf(bodies) {
		return fmt.Sprintf("no error, and these bodies: %q", bodies)
	}
	return b.well()
}

// well is what is said of a batch that is successful.
func (s *batchScript) well() string {
	if s.fetch {
		return "success, and the bodies in order"
	}
	return "success"
}

// isOf reports whether bodies are those of the calls, in the order of their URLs. Which of
// two calls for the same URL belongs to which of its elements is open.
func (b *batchRun) isOf(bodies [][]byte) bool {
	if len(bodies) != len(b.urls) {
		return false
	}
	left := map[string]int{}
	for i, url := range b.urls {
		left[url+" "+string(b.answers[i].body)]++
		left[url+" "+string(bodies[i])]--
	}
	for _, n := range left {
		if n != 0 {
			return false
		}
	}
	return true
}

// contextError is the error of a call that ended because its context did.
type contextError struct{ error }

func (e *contextError) Unwrap() error { return e.error }

// own reports whether a call failed by itself.
func own(err error) bool {
	_, is := err.(*contextError)
	return !is
}

func all(failures []error, are func(error) bool) bool {
	return !slices.ContainsFunc(failures, func(err error) bool { return !are(err) })
}

// complain reports an error in the batch, even if the test has ended.
func (b *batchRun) complain(format string, args ...any) {
	text := b.String() + ": " + fmt.Sprintf(format, args...)
	if b.t.Context().Err() != nil {
		panic(text)
	}
	b.t.Error(text)
}

func (b *batchRun) head(ctx context.Context, url string) error {
	_, err := b.get(ctx, url)
	return err
}

// get makes one call of the batch.
func (b *batchRun) get(ctx context.Context, url string) ([]byte, error) {
	if ctx.Value(key("batch")) != b {
		b.complain("the context of a call does not come from the caller's")
	}
	b.running.Add(1)
	defer b.running.Add(-1)
	a := b.begin(ctx, url)
	if b.meets {
		b.meeting.Arrive()
	}
	err := b.wait(ctx, a)
	if err != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.ended[url] = append(b.ended[url], err)
		b.failed.Store(true)
	}
	return a.body, err
}

// begin returns the answer to the next call for url.
func (b *batchRun) begin(ctx context.Context, url string) answer {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.given = append(b.given, ctx)
	for i := range b.urls {
		if b.urls[i] == url && !b.begun[i] && !b.over {
			b.begun[i] = true
			return b.answers[i]
		}
	}
	if b.over {
		panic(b.String() + ": it has returned, and still calls " + url)
	}
	b.complain("there is one call too many for %q", url)
	return answer{}
}

func (b *batchRun) wait(ctx context.Context, a answer) error {
	switch a.when {
	case afterPause:
		b.pause()
	case withContext:
		<-ctx.Done()
	case atOnce:
		return a.err
	}
	if err := ctx.Err(); err != nil && a.when != afterPause {
		if b.caller.Err() == nil && !b.failed.Load() {
			b.complain("the context of a call was cancelled, although no call had failed and the caller had not cancelled")
		}
		if b.caller.Err() == nil && len(b.urls)%2 == 1 { // drivers have their own words for it
			err = oracle.Sentinel("connection closed")
		}
		return &contextError{err}
	}
	return a.err
}
