package firsterror_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life/request"
	"heisenkata/exercises/internal/oracle"
)

type (
	call    = contract.Call[*launcher, state]
	outcome = contract.Outcome[state]
	draw    = contract.Draw[*launcher, state]
)

// What Download promises, including when its callers cancel.
func downloads(t testing.TB) contract.Contract[*launcher, state] {
	return contract.Contract[*launcher, state]{
		New:   func(r *rand.Rand) (*launcher, state) { return newLauncher(t, r) },
		Calls: []draw{someDownload, someDownload, giveUp},
		Last:  []draw{lastDownload},
		Waits: true,
	}
}

// A state says which callers' contexts are over.
type state struct{ over [3]bool }

// The possible results of a download, if it works. The test checks that its chunks are
// those of calls that had succeeded.
const (
	allHaveCome   = "all chunks"
	aFailure      = "the error of a call that failed by itself"
	callerGaveUp  = "the error of the caller's context"
	neverGivingUp = 2 // index of a caller
)

// A download returns the first error, or that of the caller's context, and waits for no
// call then. If there is neither, it returns when the last call has returned.
func download(s *script) call {
	return call{
		Name: s.String(),
		Slow: s.has(afterPause),
		Do:   func(l *launcher, m contract.Moments) any { return l.download(s, m) },
		Steps: []contract.Step[state]{func(now state) (out []outcome) {
			switch {
			case s.fails():
				out = append(out, outcome{Out: aFailure, After: now})
			case !s.has(withContext) && !s.has(tooLate):
				out = append(out, outcome{Out: allHaveCome, After: now})
			}
			if now.over[s.caller] {
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
		Do:   func(l *launcher, _ contract.Moments) any { l.callers[i].cancel(); return nil },
		Steps: []contract.Step[state]{func(now state) []outcome {
			now.over[i] = true
			return []outcome{{After: now}}
		}},
	}
}

// someDownload returns a download whose caller may cancel, or one whose calls must all be
// in progress at once.
func someDownload(r *rand.Rand) call {
	if r.IntN(4) == 0 {
		return lastDownload(r)
	}
	return download(someScript(r, r.IntN(neverGivingUp), atOnce, atOnce, afterPause, withContext, tooLate))
}

func lastDownload(r *rand.Rand) call { return download(someScript(r, neverGivingUp, atOnce)) }

// Two concurrent calls: two downloads, or a download and a caller that cancels.
func TestScheduleTwoCalls(t *testing.T) {
	contract.Check(t, downloads(t), contract.Shape{Before: 1, Goroutines: 2, Calls: 1})
}

// Two or three goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	contract.Check(t, downloads(t), contract.Shape{Before: 1, Goroutines: 3, Calls: 2})
}

// A download with a slow call delays no other download.
func TestScheduleOneIsSlow(t *testing.T) {
	contract.Check(t, downloads(t), contract.Shape{Goroutines: 3, Calls: 1, Hold: true})
}

// A launcher has three callers, each with a context. The last one never cancels.
type launcher struct {
	t       testing.TB
	callers [3]caller
}

type caller struct {
	ctx    context.Context
	cancel func()
}

func newLauncher(t testing.TB, r *rand.Rand) (*launcher, state) {
	l, now := &launcher{t: t}, state{}
	for i := range l.callers {
		now.over[i] = i < neverGivingUp && r.IntN(6) == 0
		l.callers[i] = someCaller(r, now.over[i])
		if i != neverGivingUp { // what waits for that one is left behind
			t.Cleanup(l.callers[i].cancel)
		} else if r.IntN(2) == 0 {
			l.callers[i].ctx = context.Background()
		}
	}
	t.Cleanup(func() { assertReleased(t, l.callers[:]) })
	return l, now
}

// assertReleased fails t if a context made by a download outlives its calls.
func assertReleased(t testing.TB, callers []caller) {
	for _, c := range callers {
		oracle.AssertReleased(t, c.ctx, "All downloads and their calls have ended")
	}
}

// someCaller returns a caller whose context can be cancelled, with or without a cause, is
// of a type of its own, or has passed its deadline.
func someCaller(r *rand.Rand, late bool) caller {
	ctx, cause := context.Background(), errors.New("the window was closed")
	if late {
		ctx, cancel := context.WithDeadlineCause(ctx, time.Unix(0, 0), cause)
		return caller{ctx, cancel}
	}
	if r.IntN(4) == 0 {
		ctx, end := request.Open(ctx)
		return caller{ctx, sync.OnceFunc(func() { end(fmt.Errorf("closed: %w", context.Canceled)) })}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	if r.IntN(2) == 0 {
		cause = nil
	}
	return caller{ctx, func() { cancel(cause) }}
}
