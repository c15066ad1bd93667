package batcherror_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/oracle"
)

type (
	call    = contract.Call[*office, state]
	outcome = contract.Outcome[state]
	draw    = contract.Draw[*office, state]
)

// What Fetch and Check promise, including when their callers cancel.
func batchesOf(t testing.TB) contract.Contract[*office, state] {
	return contract.Contract[*office, state]{
		New:   func(r *rand.Rand) (*office, state) { return newOffice(t, r) },
		Calls: []draw{someBatch, someBatch, giveUp},
		Last:  []draw{lastBatch},
		Waits: true,
	}
}

// A state says which callers have cancelled.
type state struct{ gaveUp [3]bool }

// The possible results of a batch, if it works.
const (
	aFailure      = "the failure of a call that failed by itself"
	callerGaveUp  = "the failure of a call that ended because the caller cancelled"
	neverGivingUp = 2 // index of a caller
)

// A batch returns when its last call has returned. If calls failed by themselves, it
// reports one of them. If the caller has cancelled, it may report a call that failed
// because of that. Otherwise it succeeds.
func run(b *batchScript) call {
	return call{
		Name: b.String(),
		Slow: b.has(afterPause),
		Do:   func(o *office, m contract.Moments) any { return o.run(b, m) },
		// A failure may cancel the calls that wait for their context, but need not.
		MayWait: func(now state) bool { return !now.gaveUp[b.caller] && b.has(withContext) },
		Steps: []contract.Step[state]{func(now state) (out []outcome) {
			over := now.gaveUp[b.caller]
			switch {
			case b.fails():
				out = append(out, outcome{Out: aFailure, After: now})
			case !b.has(withContext):
				out = append(out, outcome{Out: b.well(), After: now})
			}
			if over {
				out = append(out, outcome{Out: callerGaveUp, After: now})
			}
			return out
		}},
	}
}

// A caller cancels its context.
func giveUp(r *rand.Rand) call {
	i := r.IntN(neverGivingUp)
	return call{
		Name: fmt.Sprintf("cancel%c()", 'A'+i),
		Do:   func(o *office, _ contract.Moments) any { o.callers[i].cancel(); return nil },
		Steps: []contract.Step[state]{func(now state) []outcome {
			now.gaveUp[i] = true
			return []outcome{{After: now}}
		}},
	}
}

// someBatch returns a batch whose caller may cancel and whose calls may check their
// context or wait for it, or a batch whose calls must all be in progress at once.
func someBatch(r *rand.Rand) call {
	if r.IntN(3) == 0 {
		return lastBatch(r)
	}
	return run(someScript(r, r.IntN(neverGivingUp), atOnce, atOnce, afterPause, ifAllowed, ifAllowed, withContext))
}

func lastBatch(r *rand.Rand) call { return run(someScript(r, neverGivingUp, atOnce, ifAllowed)) }

// Two concurrent calls: two batches, or a batch and a caller that cancels.
func TestScheduleTwoCalls(t *testing.T) {
	contract.Check(t, batchesOf(t), contract.Shape{Before: 1, Goroutines: 2, Calls: 1})
}

// Two or three goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	contract.Check(t, batchesOf(t), contract.Shape{Before: 1, Goroutines: 3, Calls: 2})
}

// A batch with a slow call delays no other batch.
func TestScheduleOneIsSlow(t *testing.T) {
	contract.Check(t, batchesOf(t), contract.Shape{Goroutines: 3, Calls: 1, Hold: true})
}

// An office has three callers, each with a context. The last one never cancels.
type office struct {
	t       testing.TB
	callers [3]caller
}

type caller struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func newOffice(t testing.TB, r *rand.Rand) (*office, state) {
	o, now := &office{t: t}, state{}
	for i := range o.callers {
		now.gaveUp[i] = i < neverGivingUp && r.IntN(6) == 0
		o.callers[i] = someCaller(r, now.gaveUp[i])
		t.Cleanup(o.callers[i].cancel)
	}
	if r.IntN(2) == 0 {
		o.callers[neverGivingUp].ctx = context.Background()
	}
	t.Cleanup(func() { assertReleased(t, o.callers[:]) })
	return o, now
}

// assertReleased fails t if a context made by a batch outlives the batch.
func assertReleased(t testing.TB, callers []caller) {
	for _, c := range callers {
		oracle.AssertReleased(t, c.ctx, "All batches have returned")
	}
}

// someCaller returns a caller whose context can be cancelled, with or without a cause,
// or has passed its deadline. Some contexts have a deadline far in the future.
func someCaller(r *rand.Rand, late bool) caller {
	ctx, cause := context.Background(), errors.New("the night is over")
	if late {
		ctx, cancel := context.WithDeadlineCause(ctx, time.Unix(0, 0), cause)
		return caller{ctx, cancel}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	c := caller{ctx, func() { cancel(cause) }}
	if r.IntN(2) == 0 {
		c.cancel = func() { cancel(nil) }
	}
	if r.IntN(3) == 0 {
		c.ctx = patient{ctx}
	}
	return c
}

// patient is a context whose deadline is never reached.
type patient struct{ context.Context }

func (patient) Deadline() (time.Time, bool) {
	return time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC), true
}
