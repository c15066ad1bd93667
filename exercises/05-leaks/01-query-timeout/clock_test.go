package querytimeout_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/05-leaks/01-query-timeout"
	"heisenkata/exercises/internal/oracle"
)

// The same contract, tested with an exact clock. Many queries run concurrently, and no
// two events coincide: each query has exactly one right result, at one moment.
func TestQueriesKeepTime(t *testing.T) {
	r := oracle.Random(t)
	oracle.Within(t, func() {
		inBubble(t, func(t *testing.T, ctx context.Context) { queriesKeepTime(t, ctx, r) })
	}, "these queries should run concurrently, but one waits for another")
}

func queriesKeepTime(t *testing.T, ctx context.Context, r *rand.Rand) {
	limit := someLimit()
	c := querytimeout.Client{Limit: limit, Ask: func(ctx context.Context, _ string) ([]string, error) {
		return ctx.Value(kind("timed query")).(*timedQuery).attempt(ctx)
	}}
	began := time.Now()
	var group sync.WaitGroup
	queries := make([]*timedQuery, 30+r.IntN(70))
	for i := range queries {
		q := someTimedQuery(t, r, limit)
		queries[i] = q
		group.Go(func() { q.run(ctx, &c) })
	}
	group.Wait()
	sleepUntil(began.Add(4 * limit)) // all attempts have ended by then
	for _, q := range queries {
		q.assertIsOver()
	}
}

// A timedQuery is cancelled or answered at moments that are known in advance.
type timedQuery struct {
	t        *testing.T
	attempts []timedAttempt
	limit    time.Duration
	patience time.Duration // the caller cancels after this time; 0: never
	deadline bool          // patience is the deadline of the caller's context

	ctx    context.Context // the caller's context
	cancel context.CancelFunc

	mu       sync.Mutex
	contexts []context.Context // of all attempts so far
	ended    int               // number of attempts that have ended
}

type timedAttempt struct {
	takes  time.Duration
	heeds  bool  // returns as soon as its context is cancelled
	result error // nil: rows
}

func someTimedQuery(t *testing.T, r *rand.Rand, limit time.Duration) *timedQuery {
	q := &timedQuery{t: t, limit: limit, deadline: r.IntN(3) == 0}
	if r.IntN(2) == 0 {
		q.patience = 1 + time.Duration(r.Int64N(int64(limit)*5/4))
	}
	for range querytimeout.Tries {
		takes := time.Duration(r.Int64N(int64(limit)*5/4)) / []time.Duration{1, 2, 4, time.Hour}[r.IntN(4)]
		q.attempts = append(q.attempts, timedAttempt{takes: takes, heeds: r.IntN(2) == 0, result: someResult(r)})
	}
	return q
}

func someResult(r *rand.Rand) error {
	return []error{
		nil,
		oracle.Sentinel("no such table"),
		fmt.Errorf("%w: %w", oracle.Sentinel("disk"), context.DeadlineExceeded),
		querytimeout.ErrBusy,
		fmt.Errorf("try later: %w", querytimeout.ErrBusy),
		fmt.Errorf("%w: %w", context.DeadlineExceeded, querytimeout.ErrBusy),
	}[r.IntN(6)]
}

// over returns when the query times out or is cancelled, and what Query returns then.
func (q *timedQuery) over() (after time.Duration, result error) {
	switch {
	case q.patience == 0 || q.patience > q.limit:
		return q.limit, context.DeadlineExceeded
	case q.deadline:
		return q.patience, context.DeadlineExceeded
	}
	return q.patience, context.Canceled
}

// owed returns when Query must return, its result, and the number of attempts by then.
func (q *timedQuery) owed() (after time.Duration, result error, attempts int) {
	end, overdue := q.over()
	for i, a := range q.attempts {
		switch after += a.takes; {
		case after > end:
			return end, overdue, i + 1
		case !errors.Is(a.result, querytimeout.ErrBusy):
			return after, a.result, i + 1
		}
	}
	return after, querytimeout.ErrBusy, querytimeout.Tries
}

func (q *timedQuery) run(ctx context.Context, c *querytimeout.Client) {
	q.callsWith(context.WithValue(ctx, kind("timed query"), q))
	began := time.Now()
	rows, err := c.Query(q.ctx, "tea")
	took := time.Since(began)
	after, result, _ := q.owed()
	assert.Equal(q.t, after, took, "%s\nQuery returned at the wrong moment", q)
	if ctx := q.underWay(); ctx != nil {
		assert.Error(q.t, ctx.Err(), "%s\nQuery has returned, but the context of its attempt was not cancelled", q)
	}
	if result == nil {
		assert.NoError(q.t, err, q)
		assert.Equal(q.t, []string{"rows"}, rows, q)
		return
	}
	oracle.AssertWraps(q.t, err, result, q.String())
	if cause := context.Cause(q.ctx); cause != nil && !errors.Is(result, cause) {
		assert.NotErrorIs(q.t, err, cause, "%s\nthe error of a context is its Err, and not its cause", q)
	}
	if result != querytimeout.ErrBusy {
		assert.NotErrorIs(q.t, err, querytimeout.ErrBusy, "%s\nthe server was not busy for every attempt", q)
	}
}

// callsWith creates the context of a caller, which cancels it in time.
func (q *timedQuery) callsWith(ctx context.Context) {
	reason := errors.New("the customer has left")
	if q.deadline && q.patience > 0 {
		q.ctx, q.cancel = context.WithTimeoutCause(ctx, q.patience, reason)
		return
	}
	ctx, cancel := context.WithCancelCause(ctx)
	q.ctx, q.cancel = ctx, func() { cancel(nil) }
	if q.patience > 0 {
		time.AfterFunc(q.patience, func() { cancel(reason) })
	}
}

func (q *timedQuery) attempt(ctx context.Context) ([]string, error) {
	n, ended := q.begin(ctx)
	defer q.end()
	if _, _, attempts := q.owed(); n >= attempts || n > ended {
		q.t.Errorf("%s\nattempt %d begins, but the query should make only %d, one after the other", q, n+1, attempts)
		return nil, nil
	}
	a, due := q.attempts[n], time.Now().Add(q.attempts[n].takes)
	assert.NoError(q.t, ctx.Err(), "%s\nthe context of attempt %d was cancelled before the query was over", q, n+1)
	if a.heeds {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(a.takes):
		}
	}
	time.Sleep(time.Until(due))
	return []string{"rows"}, a.result
}

// begin and end count the attempts.
func (q *timedQuery) begin(ctx context.Context) (begun, ended int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.contexts = append(q.contexts, ctx)
	return len(q.contexts) - 1, q.ended
}

func (q *timedQuery) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended++
}

// underWay returns the context of the attempt that is still running, or nil.
func (q *timedQuery) underWay() context.Context {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.contexts) == q.ended {
		return nil
	}
	return q.contexts[len(q.contexts)-1]
}

// assertIsOver fails the test if, long after the query, an attempt is missing or the
// context of one was not cancelled.
func (q *timedQuery) assertIsOver() {
	_, _, attempts := q.owed()
	assert.Len(q.t, q.contexts, attempts, "%s\nwrong number of attempts", q)
	for _, ctx := range q.contexts {
		assert.Error(q.t, ctx.Err(), "%s\nQuery and its attempts have ended, but a context that they used was not cancelled", q)
	}
	oracle.AssertReleased(q.t, q.ctx, q.String()+"\nQuery and its attempts have ended")
	q.cancel()
}

func (q *timedQuery) String() string {
	end, overdue := q.over()
	var attempts []string
	for _, a := range q.attempts {
		attempts = append(attempts, fmt.Sprintf("%v after %v", result([]string{"rows"}, a.result), a.takes))
	}
	return fmt.Sprintf("The attempts of a query return: %s. The query ends after %v at the latest, with %v.",
		strings.Join(attempts, ", then "), end, overdue)
}
