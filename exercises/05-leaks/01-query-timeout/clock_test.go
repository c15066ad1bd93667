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

// The same contract on an exact clock. Many queries run at once, and no two things
// happen at the same moment: each query has one right result, at one moment.
func TestQueriesKeepTime(t *testing.T) {
	r := oracle.Random(t)
	oracle.Within(t, func() {
		inBubble(t, func(t *testing.T, ctx context.Context) { queriesKeepTime(t, ctx, r) })
	}, "many queries were to run at once, and one waits for another")
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
	sleepUntil(began.Add(4 * limit)) // all attempts have ended
	for _, q := range queries {
		q.assertIsOver()
	}
}

// A timedQuery is given up or answered at moments that are known beforehand.
type timedQuery struct {
	t        *testing.T
	attempts []timedAttempt
	limit    time.Duration
	patience time.Duration // after which the caller gives up; 0: never
	deadline bool          // it is a deadline of the caller's context

	ctx    context.Context // the caller's
	cancel context.CancelFunc

	mu       sync.Mutex
	contexts []context.Context // those of the attempts so far
	ended    int               // so many attempts
}

type timedAttempt struct {
	takes  time.Duration
	heeds  bool  // it ends at once if its context is over
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

// over is when the query's time is over, and what Query then returns.
func (q *timedQuery) over() (after time.Duration, result error) {
	switch {
	case q.patience == 0 || q.patience > q.limit:
		return q.limit, context.DeadlineExceeded
	case q.deadline:
		return q.patience, context.DeadlineExceeded
	}
	return q.patience, context.Canceled
}

// owed is when Query returns, with what, and how many attempts have been made.
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
	assert.Equal(q.t, after, took, "%s\nQuery returned at another moment than it had to", q)
	if ctx := q.underWay(); ctx != nil {
		assert.Error(q.t, ctx.Err(), "%s\nQuery has returned, and the context of its attempt is not over", q)
	}
	if result == nil {
		assert.NoError(q.t, err, q)
		assert.Equal(q.t, []string{"rows"}, rows, q)
		return
	}
	oracle.AssertWraps(q.t, err, result, q.String())
	if result != querytimeout.ErrBusy {
		assert.NotErrorIs(q.t, err, querytimeout.ErrBusy, "%s\nnot every attempt found the server busy", q)
	}
}

// callsWith makes the context of a caller that gives up in time.
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
		q.t.Errorf("%s\nattempt %d: %d were to be made, one after the other", q, n+1, attempts)
		return nil, nil
	}
	a, due := q.attempts[n], time.Now().Add(q.attempts[n].takes)
	assert.NoError(q.t, ctx.Err(), "%s\nattempt %d begins, and the query is not over", q, n+1)
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

// begin and end keep count of the attempts.
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

// underWay is the context of the attempt that has not ended, if there is one.
func (q *timedQuery) underWay() context.Context {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.contexts) == q.ended {
		return nil
	}
	return q.contexts[len(q.contexts)-1]
}

// assertIsOver fails the test if an attempt's context is not over, or one was not
// made, long after the query.
func (q *timedQuery) assertIsOver() {
	_, _, attempts := q.owed()
	assert.Len(q.t, q.contexts, attempts, "%s\nso many attempts were made", q)
	for _, ctx := range q.contexts {
		assert.Error(q.t, ctx.Err(), "%s\nQuery and its attempts have ended, and a context that they used is not over", q)
	}
	oracle.AssertReleased(q.t, q.ctx, q.String()+"\nQuery has returned, and its attempts")
	q.cancel()
}

func (q *timedQuery) String() string {
	end, overdue := q.over()
	var attempts []string
	for _, a := range q.attempts {
		attempts = append(attempts, fmt.Sprintf("%v after %v", result([]string{"rows"}, a.result), a.takes))
	}
	return fmt.Sprintf("The attempts of a query bring: %s. It ends after %v at the latest, by %v.",
		strings.Join(attempts, ", then "), end, overdue)
}
