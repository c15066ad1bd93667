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

	"heisenkata/exercises/02-escaping-references/01-batch-error"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// A batchScript is a batch, and what comes of each of its calls. A URL may be in it
// more than once: each time it is another call.
type batchScript struct {
	fetch   bool // or check
	caller  int
	urls    []string
	answers []answer // to the calls for these URLs
	meets   bool     // no call returns before all have begun
}

// An answer is what comes of one call, and when.
type answer struct {
	when moment
	err  error // nil: all is well
}

type moment string

const (
	atOnce      moment = ""
	afterPause  moment = "slowly "                         // when the other goroutines are done, if the call is held
	ifAllowed   moment = "if its context is not over, "    // else the context's error
	withContext moment = "waits until its context is over" // and returns its error
)

func someScript(r *rand.Rand, caller int, moments ...moment) *batchScript {
	b := &batchScript{fetch: r.IntN(2) == 0, caller: caller, meets: caller == neverGivingUp && r.IntN(2) == 0}
	hosts := []string{life.Host(0), life.Host(1), life.Host(2)}
	for range r.IntN(4) {
		b.urls = append(b.urls, hosts[r.IntN(3)]+"/")
		a := answer{when: moments[r.IntN(len(moments))]}
		if r.IntN(2) == 0 && a.when != withContext {
			a.err = someFailure(r)
		}
		b.answers = append(b.answers, a)
	}
	return b
}

// someFailure is a call's own, even if it looks like one of its context's.
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

// fails tells whether a call fails by itself, whatever becomes of the others.
func (b *batchScript) fails() bool {
	return slices.ContainsFunc(b.answers, func(a answer) bool { return a.err != nil && a.when != withContext })
}

// String is the batch as a caller would write it, and what comes of its calls.
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

// A batchRun looks after the calls of a batch.
type batchRun struct {
	*batchScript
	t       testing.TB
	caller  context.Context
	pause   func()
	meeting *oracle.Meeting
	running atomic.Int64
	failed  atomic.Bool // a call has failed, and the context of the others may be over

	mu     sync.Mutex
	given  []context.Context // to the calls
	begun  []bool            // the calls
	ended  map[string][]error
	bodies map[string][]byte
	over   bool // the batch has returned
}

type key string

// run runs a batch, and says what has come of it.
func (o *office) run(script *batchScript, m contract.Moments) string {
	b := &batchRun{batchScript: script, t: o.t, caller: o.callers[script.caller].ctx, pause: m.Pause,
		meeting: oracle.NewMeeting(max(1, len(script.urls))), begun: make([]bool, len(script.urls)),
		ended: map[string][]error{}, bodies: map[string][]byte{}}
	for i, url := range b.urls {
		b.bodies[url] = [][]byte{[]byte("prices of " + url), {}, nil}[i%3]
	}
	ctx, given := context.WithValue(b.caller, key("batch"), b), slices.Clone(b.urls)
	var bodies [][]byte
	var err error
	if b.fetch {
		bodies, err = batcherror.Fetch(ctx, given, b.get)
	} else {
		err = batcherror.Check(ctx, given, b.head)
	}
	if n := b.running.Load(); n > 0 {
		b.complain("it has returned, and %d of its calls have not", n)
	}
	if !slices.Equal(given, b.urls) {
		b.complain("it has changed the URLs of its caller to %q", given)
	}
	clear(given) // the caller's own again
	return b.said(bodies, err)
}

// said puts what a batch has returned into words.
func (b *batchRun) said(bodies [][]byte, err error) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
	for _, ctx := range b.given {
		if ctx.Err() == nil && ctx.Done() != b.caller.Done() {
			b.complain("it has returned, and a context that it made for a call is not over: was it ever cancelled?")
		}
	}
	if err == nil {
		return b.saidWell(bodies)
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
			wrong = fmt.Sprintf("an error that names %s and does not wrap what its call said, “%v”: “%v”", url, failures[0], err)
		case len(failures) == 0 && !slices.Contains(b.begun, false):
			wrong = fmt.Sprintf("an error that blames %s, where all was well: “%v”", url, err)
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
	for i, url := range b.urls {
		if b.fetch && (len(bodies) != len(b.urls) || string(bodies[i]) != string(b.bodies[url])) {
			return fmt.Sprintf("no error, and these bodies: %q", bodies)
		}
	}
	return allIsWell
}

// contextError is what a call returns whose context is over.
type contextError struct{ error }

func (e *contextError) Unwrap() error { return e.error }

// own tells whether a call failed by itself.
func own(err error) bool {
	_, is := err.(*contextError)
	return !is
}

func all(failures []error, are func(error) bool) bool {
	return !slices.ContainsFunc(failures, func(err error) bool { return !are(err) })
}

// complain says what is wrong with the batch, even if the test has ended.
func (b *batchRun) complain(format string, args ...any) {
	text := b.String() + ": " + fmt.Sprintf(format, args...)
	if b.t.Context().Err() != nil {
		panic(text)
	}
	b.t.Error(text)
}

func (b *batchRun) get(ctx context.Context, url string) ([]byte, error) {
	err := b.head(ctx, url)
	return b.bodies[url], err
}

// head is a call of the batch.
func (b *batchRun) head(ctx context.Context, url string) error {
	if ctx.Value(key("batch")) != b {
		b.complain("the context of a call is not made from the caller's")
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
	return err
}

// begin is the answer to the next call for url.
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
		panic(b.String() + ": it has returned, and calls for " + url)
	}
	b.complain("there is a call for %q too many", url)
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
			b.complain("the context of a call is over, and neither has a call failed nor the caller given up")
		}
		return &contextError{err}
	}
	return a.err
}
