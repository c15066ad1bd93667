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

// What Fetch and Check promise, while their callers give up beside them.
func batchesOf(t testing.TB) contract.Contract[*office, state] {
	return contract.Contract[*office, state]{
		New:   func(r *rand.Rand) (*office, state) { return newOffice(t, r) },
		Calls: []draw{someBatch, someBatch, giveUp},
		Last:  []draw{lastBatch},
		Waits: true,
	}
}

// A state says which callers have given up.
type state struct{ gaveUp [3]bool }

// What a batch comes to, if nothing is wrong with it.
const (
	allIsWell     = "all is well, and the bodies are in order"
	aFailure      = "the failure of a call that failed by itself"
	callerGaveUp  = "the failure of a call that ended because the caller gave up"
	neverGivingUp = 2 // a caller
)

// A batch returns when its last call has returned. If calls failed by themselves
// it reports one of these. If the caller has given up, it may report a call that
// ended for that reason. Otherwise, all is well.
func run(b *batchScript) call {
	return call{
		Name: b.String(),
		Slow: b.has(afterPause),
		Do:   func(o *office, m contract.Moments) any { return o.run(b, m) },
		// Calls that wait for their context go on if a failure ends it, and need not.
		MayWait: func(now state) bool { return !now.gaveUp[b.caller] && b.has(withContext) },
		Steps: []contract.Step[state]{func(now state) (out []outcome) {
			over := now.gaveUp[b.caller]
			switch {
			case b.fails():
				out = append(out, outcome{Out: aFailure, After: now})
			case !b.has(withContext):
				out = append(out, outcome{Out: allIsWell, After: now})
			}
			if over {
				out = append(out, outcome{Out: callerGaveUp, After: now})
			}
			return out
		}},
	}
}

// A caller gives up, and its context is over from then on.
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

// someBatch has a caller that may give up, and calls that may look at their context
// or wait for it; or calls that all have to be under way at once.
func someBatch(r *rand.Rand) call {
	if r.IntN(3) == 0 {
		return lastBatch(r)
	}
	return run(someScript(r, r.IntN(neverGivingUp), atOnce, atOnce, afterPause, ifAllowed, ifAllowed, withContext))
}

func lastBatch(r *rand.Rand) call { return run(someScript(r, neverGivingUp, atOnce, ifAllowed)) }

// Two calls at the same time: two batches, or a batch and a caller that gives up.
func TestScheduleTwoCalls(t *testing.T) {
	contract.Check(t, batchesOf(t), contract.Shape{Before: 1, Goroutines: 2, Calls: 1})
}

// Two or three goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	contract.Check(t, batchesOf(t), contract.Shape{Before: 1, Goroutines: 3, Calls: 2})
}

// A batch with a slow call holds up no other.
func TestScheduleOneIsSlow(t *testing.T) {
	contract.Check(t, batchesOf(t), contract.Shape{Goroutines: 3, Calls: 1, Hold: true})
}

// An office has three callers. Each has a context, and the last never gives up.
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
	t.Cleanup(func() { assertReleased(t, o.callers[:]) })
	return o, now
}

// assertReleased fails t if a context that a batch has made outlives it.
func assertReleased(t testing.TB, callers []caller) {
	for _, c := range callers {
		oracle.AssertReleased(t, c.ctx, "All batches have returned")
	}
}

// someCaller has a context that can be cancelled, with or without a cause, or one
// whose deadline has passed. Some have a deadline that is far away.
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

// patient is a context with a deadline that no test lives to see.
type patient struct{ context.Context }

func (patient) Deadline() (time.Time, bool) {
	return time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC), true
}
