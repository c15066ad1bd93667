package querytimeout_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"heisenkata/exercises/05-leaks/01-query-timeout"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// A script is what the server answers to the attempts of one query. All answers but
// the last are ErrBusy; the last is something else, or the last that Tries allows.
type script struct {
	caller  int
	text    string
	answers []answer
}

// An answer is the result of one attempt, and when it comes.
type answer struct {
	when moment
	text string
	rows []string
	err  error
}

type moment string

const (
	atOnce      moment = ""
	afterPause  moment = "slowly " // if the call is held: once the other goroutines are done
	withContext moment = "when its context is over "
	tooLate     moment = "after Query has returned " // it ignores its context
)

func someScript(r *rand.Rand, caller int, moments ...moment) *script {
	s := &script{caller: caller, text: []string{"tea", "tea", "rice", life.Word(r)}[r.IntN(4)]}
	for {
		a := answer{when: moments[r.IntN(len(moments))]}
		busy := r.IntN(2) == 0
		if busy {
			a.busy(r)
		} else {
			a.final(r)
		}
		if s.answers = append(s.answers, a); !busy || len(s.answers) == querytimeout.Tries {
			return s
		}
	}
}

// busy sets one of several errors that wrap ErrBusy. One of them also wraps a deadline
// of the server's own.
func (a *answer) busy(r *rand.Rand) {
	switch a.text = "busy"; r.IntN(4) {
	case 0:
		a.err = querytimeout.ErrBusy
	case 1:
		a.err = fmt.Errorf("try later: %w", querytimeout.ErrBusy)
	case 2:
		a.err, a.rows = errors.Join(oracle.Sentinel("503"), querytimeout.ErrBusy), []string{"none of these"}
	case 3:
		a.text = "busy (a deadline)"
		a.err = fmt.Errorf("%w: %w", context.DeadlineExceeded, querytimeout.ErrBusy)
	}
}

// final sets an answer after which the server is not asked again. An error of the
// server may look like one of the context.
func (a *answer) final(r *rand.Rand) {
	said := oracle.Sentinel("fault %d", r.IntN(1000))
	switch r.IntN(6) {
	case 0:
		a.err = said
	case 1:
		a.err = fmt.Errorf("%w: %w", said, context.DeadlineExceeded)
	case 2:
		a.err = fmt.Errorf("%w: %w", said, context.Canceled)
	default:
		a.rows = []string{}
		for range r.IntN(4) {
			a.rows = append(a.rows, []string{fmt.Sprintf("%d left", r.IntN(1000)), "none left", "", life.Word(r)}[r.IntN(4)])
		}
	}
	a.text = result(a.rows, a.err)
}

func result(rows []string, err error) string {
	if err != nil {
		return "the error “" + err.Error() + "”"
	}
	return fmt.Sprintf("%q", rows)
}

// comesToAnEnd reports whether the last answer arrives before Query returns.
func (s *script) comesToAnEnd(over bool) bool {
	return !slices.ContainsFunc(s.answers, func(a answer) bool {
		return a.when == tooLate || a.when == withContext && !over
	})
}

// result is what Query returns if it does not time out before and is not cancelled.
func (s *script) result() string {
	if last := s.answers[len(s.answers)-1]; !errors.Is(last.err, querytimeout.ErrBusy) {
		return last.text
	}
	return busyAfter(querytimeout.Tries)
}

func busyAfter(attempts int64) string {
	return fmt.Sprintf("ErrBusy after %d of %d attempts", attempts, querytimeout.Tries)
}

func (s *script) pauses() bool {
	return slices.ContainsFunc(s.answers, func(a answer) bool { return a.when == afterPause })
}

// String formats the query as a caller would write it, with the server's answers.
func (s *script) String() string {
	var answers []string
	for _, a := range s.answers {
		answers = append(answers, string(a.when)+a.text)
	}
	return fmt.Sprintf("Query(ctx%c, %q) [server: %s]", 'A'+s.caller, s.text, strings.Join(answers, ", then "))
}

// kind is the type of context keys.
type kind string

// A running query records and checks its attempts.
type running struct {
	*script
	t      testing.TB
	pause  func()
	isLate func() bool // Limit or the caller's deadline is over
	isOver func() bool // isLate, or the caller has cancelled

	asked, together atomic.Int64
	returned        chan struct{} // closed when Query has returned
	late            atomic.Bool   // an answer came after Query had returned
	underWay        atomic.Pointer[context.Context]
}

// query calls Query and describes its result.
func (shop *shop) query(s *script, m contract.Moments) string {
	began, ctx := time.Now(), shop.callers[s.caller].ctx
	q := &running{script: s, t: shop.t, pause: m.Pause, returned: make(chan struct{})}
	q.isLate = func() bool {
		return time.Since(began) >= shop.client.Limit || errors.Is(ctx.Err(), context.DeadlineExceeded)
	}
	q.isOver = func() bool { return q.isLate() || ctx.Err() != nil }
	rows, err := shop.client.Query(context.WithValue(ctx, kind("query"), q), s.text)
	if ctx := q.underWay.Load(); ctx != nil && (*ctx).Err() == nil {
		q.complain("has returned, but the context of its attempt, which is still running, was not cancelled")
	}
	defer close(q.returned)
	text := q.said(rows, err)
	if text == s.result() && q.isLate() {
		text += whenOver
	}
	return text
}

// said describes what Query returned.
func (q *running) said(rows []string, err error) string {
	oracle.AssertHonest(q.t, err, "an error")
	last := q.answers[len(q.answers)-1].err
	switch {
	case err == nil:
		return result(rows, nil)
	case errors.Is(err, last) && !errors.Is(err, querytimeout.ErrBusy):
		return result(nil, last)
	case errors.Is(err, querytimeout.ErrBusy):
		return busyAfter(q.asked.Load())
	case len(rows) > 0:
		return result(nil, err) + " and rows"
	case errors.Is(err, context.Canceled):
		return "context.Canceled"
	case errors.Is(err, context.DeadlineExceeded) && q.isLate():
		return timeIsOver
	}
	return result(nil, err)
}

// complain reports an error in the query, even if the test has ended.
func (q *running) complain(format string, args ...any) {
	text := fmt.Sprintf("%s: ", q) + fmt.Sprintf(format, args...)
	if q.t.Context().Err() != nil {
		panic(text)
	}
	q.t.Error(text)
}

// attempt is the server: it plays the script of a query.
func attempt(ctx context.Context, text string) ([]string, error) {
	q, ok := ctx.Value(kind("query")).(*running)
	if !ok {
		panic("the context of an attempt does not carry the values of the caller's context")
	}
	if text != q.text {
		q.complain("the server was asked for %q", text)
	}
	n := q.begin(ctx)
	if int(n) > len(q.answers) {
		q.complain("the server was asked again, although its answer was final")
		return nil, nil
	}
	a := q.answers[n-1]
	q.wait(ctx, a.when)
	q.end()
	return slices.Clone(a.rows), a.err
}

func (q *running) begin(ctx context.Context) (n int64) {
	if q.together.Add(1) > 1 {
		q.complain("two attempts run at the same time")
	}
	if q.late.Load() {
		q.complain("the server was asked again after a late ErrBusy, although Query had returned")
	}
	q.underWay.Store(&ctx)
	return q.asked.Add(1)
}

func (q *running) wait(ctx context.Context, when moment) {
	switch when {
	case afterPause:
		q.pause()
	case tooLate:
		<-q.returned
	case withContext:
		<-ctx.Done()
		if !q.isOver() {
			q.complain("the context of an attempt was cancelled, but neither Limit nor the caller's context is over")
		}
	}
}

func (q *running) end() {
	q.underWay.Store(nil)
	q.together.Add(-1)
	select {
	case <-q.returned:
		q.late.Store(true)
	default:
	}
}
