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

// What Query promises, while its callers give up beside it.
func queries(t testing.TB) contract.Contract[*shop, state] {
	return contract.Contract[*shop, state]{
		New:   func(r *rand.Rand) (*shop, state) { return newShop(t, r) },
		Calls: []draw{someQuery, someQuery, giveUp},
		Last:  []draw{lastQuery},
		Waits: true,
	}
}

// A state is what ends the queries of a caller, whether or not the server answers.
type state struct {
	soon   [3]bool // Limit, or the caller's deadline, is over soon
	gaveUp [3]bool // the caller has cancelled its context
}

func (now state) over(caller int) bool { return now.soon[caller] || now.gaveUp[caller] }

// Query returns what the server says in the end, or that its time is over. When
// both come together it may return either. It never waits for an attempt that
// goes on although its context is over.
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

// timeIsOver is what Query may return as soon as it is true, and a test sees that.
const timeIsOver = "context.DeadlineExceeded" + whenOver

const whenOver = ", and Limit or the caller's deadline is over"

// A caller gives up, and its context is over from then on.
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

// The last query has a caller that never gives up, and a server that answers.
func lastQuery(r *rand.Rand) call { return ask(someScript(r, 2, atOnce)) }

// Two calls at the same time: two queries, or a query and a caller that gives up.
func TestScheduleTwoCalls(t *testing.T) {
	contract.Check(t, queries(t), contract.Shape{Before: 1, Goroutines: 2, Calls: 1})
}

// Two or three goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	contract.Check(t, queries(t), contract.Shape{Before: 1, Goroutines: 3, Calls: 2})
}

// A query whose attempt takes its time holds up no other.
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

// long is a limit or a deadline that nothing in a program waits for. Soon is over
// as soon as everything waits for it.
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

// assertReleased fails t if a context that a query has made outlives it.
func assertReleased(t testing.TB, callers []caller) {
	for _, c := range callers {
		oracle.AssertReleased(t, c.ctx, "All queries have returned, and their attempts")
	}
}

// someCaller has a context with a deadline, if any, and a reason for its end, or
// without.
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
