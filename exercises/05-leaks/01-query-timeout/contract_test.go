package querytimeout_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"heisenkata/exercises/05-leaks/01-query-timeout"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/oracle"
)

type (
	call    = contract.Call[*shop, state]
	outcome = contract.Outcome[state]
	draw    = contract.Draw[*shop, state]
)

// What Query promises, including when its callers cancel.
func queries(t testing.TB) contract.Contract[*shop, state] {
	return contract.Contract[*shop, state]{
		New:   func(r *rand.Rand) (*shop, state) { return newShop(t, r) },
		Calls: []draw{someQuery, someQuery, giveUp},
		Last:  []draw{lastQuery},
		Waits: true,
	}
}

// A state says what ends the queries of a caller even if the server does not answer.
type state struct {
	soon   [3]bool // Limit or the caller's deadline ends soon
	gaveUp [3]bool // the caller has cancelled its context
}

func (now state) over(caller int) bool { return now.soon[caller] || now.gaveUp[caller] }

// Query returns the server's final answer, or that it timed out or was cancelled. If
// both happen at once, it may return either. It never waits for an attempt that
// continues after its context was cancelled.
func ask(s *script) call {
	return call{
		Name:    s.String(),
		Slow:    s.pauses(),
		Do:      func(shop *shop, m contract.Moments) any { return shop.query(s, m) },
		MayWait: func(now state) bool { return !now.over(s.caller) && !s.comesToAnEnd(false) },
		Steps: []contract.Step[state]{func(now state) (out []outcome) {
			out = append(out, outcome{Out: timeIsOver, After: now})
			if now.gaveUp[s.caller] {
				out = append(out, outcome{Out: "context.Canceled", After: now})
			}
			if s.comesToAnEnd(now.over(s.caller)) {
				out = append(out, outcome{Out: s.result(), After: now})
			}
			if s.comesToAnEnd(true) {
				out = append(out, outcome{Out: s.result() + whenOver, After: now})
			}
			return out
		}},
	}
}

// timeIsOver is what Query may return once the time is over, which the test checks.
const timeIsOver = "context.DeadlineExceeded" + whenOver

const whenOver = ", and Limit or the caller's deadline is over"

// A caller cancels its context.
func giveUp(r *rand.Rand) call {
	i := r.IntN(2)
	return call{
		Name: fmt.Sprintf("cancel%c()", 'A'+i),
		Do:   func(shop *shop, _ contract.Moments) any { shop.callers[i].cancel(); return nil },
		Steps: []contract.Step[state]{func(now state) []outcome {
			now.gaveUp[i] = true
			return []outcome{{After: now}}
		}},
	}
}

func someQuery(r *rand.Rand) call {
	return ask(someScript(r, r.IntN(2), atOnce, atOnce, afterPause, withContext, tooLate))
}

// The last query has a caller that never cancels, and a server that answers.
func lastQuery(r *rand.Rand) call { return ask(someScript(r, 2, atOnce)) }

// Two concurrent calls: two queries, or a query and a caller that cancels.
func TestScheduleTwoCalls(t *testing.T) {
	contract.Check(t, queries(t), contract.Shape{Before: 1, Goroutines: 2, Calls: 1})
}

// Two or three goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	contract.Check(t, queries(t), contract.Shape{Before: 1, Goroutines: 3, Calls: 2})
}

// A query with a slow attempt delays no other query.
func TestScheduleOneIsSlow(t *testing.T) {
	contract.Check(t, queries(t), contract.Shape{Goroutines: 3, Calls: 1, Hold: true})
}

// A shop has a client, and three callers that use it.
type shop struct {
	t       testing.TB
	client  *querytimeout.Client
	callers [3]caller
}

type caller struct {
	ctx    context.Context
	cancel context.CancelFunc
}

// long is a limit or deadline that no program ever reaches. soon is one that ends as
// soon as every goroutine waits.
const (
	long = 20 * time.Second
	soon = time.Millisecond
)

func newShop(t testing.TB, r *rand.Rand) (*shop, state) {
	shop, now := &shop{t: t}, state{}
	shop.client = &querytimeout.Client{Ask: attempt, Limit: []time.Duration{soon, soon, long, long, long, math.MaxInt64, 0, -soon}[r.IntN(8)]}
	for i := range shop.callers {
		deadline := []time.Duration{soon, 2 * long << r.IntN(16), 0, 0}[r.IntN(4)]
		now.soon[i] = shop.client.Limit <= soon || deadline == soon
		shop.callers[i] = someCaller(r, deadline)
		t.Cleanup(shop.callers[i].cancel)
	}
	t.Cleanup(func() { assertReleased(t, shop.callers[:]) })
	return shop, now
}

// assertReleased fails t if a context made by a query outlives the query.
func assertReleased(t testing.TB, callers []caller) {
	for _, c := range callers {
		oracle.AssertReleased(t, c.ctx, "All queries and their attempts have ended")
	}
}

// someCaller returns a caller whose context has the given deadline, if any, and may
// have a cause.
func someCaller(r *rand.Rand, deadline time.Duration) caller {
	ctx, reason := context.Background(), errors.New("the customer has left")
	if deadline > 0 {
		ctx, cancel := context.WithTimeoutCause(ctx, deadline, reason)
		return caller{ctx, cancel}
	}
	if r.IntN(2) == 0 {
		ctx, cancel := context.WithCancelCause(ctx)
		return caller{ctx, func() { cancel(reason) }}
	}
	ctx, cancel := context.WithCancel(ctx)
	return caller{ctx, cancel}
}

// Two clients have nothing to do with each other.
func TestTwoClients(t *testing.T) {
	contract.Apart(t, queries(t))
}
