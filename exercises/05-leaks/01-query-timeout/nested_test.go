package querytimeout_test

import (
	"context"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/05-leaks/01-query-timeout"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// A driver makes another query, with the context that it was given, as one does that asks two
// servers and takes the answer that comes first. When the outer query ends, in whichever way, that
// context is over, and the inner one returns its Err.
func TestQueryWithinAQuery(t *testing.T) {
	queryWithin(t, answered, 1+rand.IntN(3), false)
	if oracle.Large(t) {
		for _, end := range []outerEnd{failed, tooSlow, callerGone} {
			queryWithin(t, end, life.Beyond(40, 1+rand.IntN(3)), false)
		}
		for _, end := range []outerEnd{answered, failed, tooSlow, callerGone} {
			queryWithin(t, end, 1, true)
		}
	} else { // a hundred runs are quick
		queryWithin(t, []outerEnd{answered, failed, tooSlow, callerGone}[rand.IntN(4)], 1, rand.IntN(2) == 0)
	}
}

// outerEnd is how the outer query ends.
type outerEnd string

const (
	answered   outerEnd = "the outer query had its answer"
	failed     outerEnd = "the outer query had an error for an answer"
	tooSlow    outerEnd = "the limit of the outer query was over"
	callerGone outerEnd = "the caller of the outer query gave up"
)

// queryWithin begins the inner query at once, or when the outer one is over. The driver that
// is asked by the inner one makes another, and so on. Drivers ignore their context.
func queryWithin(t *testing.T, end outerEnd, depth int, late bool) {
	t.Helper()
	inBubble(t, func(t *testing.T, ctx context.Context) {
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		limit, down, began := someLimit(), oracle.Sentinel("table is broken"), time.Now()
		over := began.Add(limit / 2)
		if end == tooSlow {
			over = began.Add(limit)
		}
		var back atomic.Int64
		var one, two querytimeout.Client
		within := func(ctx context.Context, depth int) {
			c, from := &two, time.Now()
			if over.Before(began.Add(limit)) && rand.IntN(2) == 0 {
				c = &one // it ends long before its limit
			}
			rows, err := c.Query(ctx, strconv.Itoa(depth))
			back.Add(1)
			if late {
				assert.Equal(t, from, time.Now(), "the context with which Query was called was over, and it has not returned at once")
			} else {
				assert.Equal(t, over, time.Now(), "Query must return at the moment its caller's context ends")
			}
			story := "a driver made another query, with the context that it was given. Then " + string(end) + ", so that context is over. " +
				"For the inner query, that is its caller's context. What does it mistake the end of that context for?"
			oracle.AssertWraps(t, err, ctx.Err(), story)
			assert.NotErrorIs(t, err, down, "%s", story)
			assert.Empty(t, rows, "%s", story)
		}
		one = querytimeout.Client{Limit: limit, Ask: func(ctx context.Context, query string) ([]string, error) {
			if depth, _ := strconv.Atoi(query); depth > 0 {
				go func() {
					if late {
						time.Sleep(time.Minute)
					}
					within(ctx, depth-1)
				}()
			}
			if query != strconv.Itoa(depth) || end == tooSlow || end == callerGone {
				time.Sleep(time.Hour)
			}
			time.Sleep(limit / 2)
			if end == failed {
				return nil, down
			}
			return []string{"row of query " + query}, nil
		}}
		two = querytimeout.Client{Limit: time.Hour / 2, Ask: one.Ask}
		if end == callerGone {
			time.AfterFunc(limit/2, func() { cancel(oracle.Sentinel("the window was closed")) })
		}
		rows, err := one.Query(ctx, strconv.Itoa(depth))
		assert.Equal(t, over, time.Now(), "then %s, and it must return", end)
		switch end {
		case answered:
			assert.NoError(t, err, "the answer arrived in time")
			assert.Equal(t, []string{"row of query " + strconv.Itoa(depth)}, rows)
		case failed:
			oracle.AssertWraps(t, err, down, "Query must return the server's error")
		case tooSlow:
			oracle.AssertWraps(t, err, context.DeadlineExceeded, "the limit was over before the server answered")
		case callerGone:
			oracle.AssertWraps(t, err, context.Canceled, "the caller's context was over before the server answered")
		}
		sleepUntil(began.Add(2 * time.Hour))
		assert.EqualValues(t, depth, back.Load(), "%s. This is how many of those within it have returned", end)
	})
}
