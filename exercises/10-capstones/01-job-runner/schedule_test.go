package jobrunner_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/10-capstones/01-job-runner"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

type draws = []contract.Draw[*subject, model]

// returns fails the test if fn does not return. Without a deadline the Go runtime
// reports that better.
func returns(t *testing.T, fn func(), message string) {
	if _, limited := t.Deadline(); !limited {
		fn()
		return
	}
	oracle.Within(t, fn, message)
}

// A dashboard asks a few times while a job runs, which may fail once. Each answer is a
// snapshot, not earlier than the one before.
func TestScheduleStatsIsASnapshot(t *testing.T) {
	done := make(chan struct{}, 1)
	r := jobrunner.Start(options{Workers: 1, Limit: 1, Attempts: 2, Backoff: 1, Keep: 1, OnDone: func(result) { done <- struct{}{} }})
	states := []stats{{Accepted: 1}, {Accepted: 1, Running: 1}, {Accepted: 1, Succeeded: 1}}
	fails := rand.IntN(2)
	if fails > 0 {
		states = slices.Insert(states, 2, stats{Accepted: 1, Retries: 1}, stats{Accepted: 1, Running: 1, Retries: 1})
		states[4].Retries = 1
	}
	made := 0
	_ = r.Submit(job{Name: "one", Run: func() error {
		if made++; made <= fails {
			return errBusy
		}
		return nil
	}})
	last := 0
	for range 3 {
		got := r.Stats()
		now := slices.Index(states, got)
		assert.GreaterOrEqual(t, now, 0, "there is one job, and its runner is in no state like this: %+v", got)
		assert.GreaterOrEqual(t, now, last, "first %+v, then %+v: this is an earlier state of the only job", states[last], got)
		last = max(last, now)
	}
	<-done
	r.Stop()
	assert.Equal(t, fails+1, made, "number of attempts: the job was to fail %d times and then succeed", fails)
}

// What a runner says is consistent: if Recent shows that a job is over, so does Stats, and
// vice versa.
func TestScheduleAllSayThatAJobIsOver(t *testing.T) {
	assertAgree(t, func(r *jobrunner.Runner) bool { return len(r.Recent()) > 0 }, "Recent has its result")
}

// The same of Stats and Submit, for which a job that is over has left its place.
func TestScheduleAllSayThatThereIsRoom(t *testing.T) {
	assertAgree(t, func(r *jobrunner.Runner) bool {
		return r.Submit(job{Name: "two", Run: func() error { return nil }}) == nil
	}, "its place is free for another one")
}

// assertAgree fails t if only one of two calls, of which one is Stats, shows that a job is over.
func assertAgree(t *testing.T, shown func(*jobrunner.Runner) bool, by string) {
	t.Helper()
	r := jobrunner.Start(options{Workers: 1, Limit: 1, Attempts: 1, Backoff: 1, Keep: 2})
	if rand.IntN(4) > 0 { // a fix may keep what a call returns for the next one
		assert.Zero(t, r.Stats(), "there was no job")
		assert.Empty(t, r.Recent(), "there was no job")
	}
	_ = r.Submit(job{Name: "one", Run: func() error { return nil }})
	over := func() bool { return r.Stats().Succeeded > 0 }
	if rand.IntN(2) == 0 {
		if shown(r) {
			assert.True(t, over(), "a job is over: %s. Then Stats does not count it as over", by)
		}
	} else if over() {
		assert.True(t, shown(r), "Stats counts a job as over. Then it should also be true that %s", by)
	}
	r.Stop()
}

// Jobs, some of which are repeated, and calls of Stats.
func TestScheduleStatsMeetsJobs(t *testing.T) {
	contract.Check(t, contract.Contract[*subject, model]{
		Blocks: true,
		New:    runner(options{Workers: 1, Limit: 64, Keep: 64}),
		Calls:  draws{wholeJob, wholeJob, getStats, getStats},
		Last:   draws{getStats, stopping},
		Waits:  true,
	}, contract.Shape{Before: 1, Goroutines: 2, Calls: 2})
}

// crowd draws how many more jobs there are, for a fix that behaves differently with many.
func crowd() int {
	return life.Crowd(rand.New(rand.NewPCG(rand.Uint64(), 0)), 1100)
}

// There is room for one job, and two are submitted at the same time.
func TestScheduleTwoSubmitsOnePlace(t *testing.T) {
	limit := 1 + rand.IntN(2) + crowd()
	gate := make(chan struct{})
	var ran atomic.Int64
	waits := job{Name: "waits", Run: func() error { <-gate; ran.Add(1); return nil }}
	r := jobrunner.Start(options{Workers: 1, Limit: limit, Attempts: 1, Backoff: 1, Keep: 3})
	for range limit - 1 {
		assert.NoError(t, r.Submit(waits), "there is room for %d", limit)
	}
	var errs [2]error
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() { errs[i] = r.Submit(waits) })
	}
	group.Wait()
	close(gate)
	r.Stop()
	if errs[0] == nil && errs[1] == nil {
		assert.Fail(t, "Submit accepted two jobs", "Limit is %d, and there was room for one", limit)
	}
	if errs[0] != nil && errs[1] != nil {
		assert.Fail(t, "Submit accepted no job", "there was room for one of the two: %v, %v", errs[0], errs[1])
	}
	assert.Equal(t, limit, int(ran.Load()), "each accepted job must be run, and no other")
}

// A job is over, and another one is submitted for its place. Meanwhile a third one may be
// refused, which takes no place.
func TestScheduleRefusedJobTakesNoPlace(t *testing.T) {
	others := crowd() // that take all other places
	over, gate := make(chan struct{}, 3+others), make(chan struct{})
	r := jobrunner.Start(options{Workers: 1, Limit: 1 + others, Attempts: 1, Backoff: 1, Keep: 1, OnDone: func(result) { over <- struct{}{} }})
	quick := job{Name: "quick", Run: func() error { return nil }}
	assert.NoError(t, r.Submit(quick), "there is room for one")
	for range others {
		assert.NoError(t, r.Submit(job{Name: "waits", Run: func() error { <-gate; return nil }}), "there is room for it")
	}
	var err error
	var group sync.WaitGroup
	group.Go(func() { err = r.Submit(quick) })
	<-over
	second := r.Submit(quick)
	group.Wait()
	if err != nil && second != nil {
		assert.Fail(t, "Submit found no room", "a job was over, no other had been accepted, and Submit returned: %v", second)
	}
	close(gate)
	r.Stop()
}

// A job is submitted while the runner stops. If it is accepted, it is run.
func TestScheduleSubmitMeetsStop(t *testing.T) {
	r := jobrunner.Start(options{Workers: 1 + rand.IntN(2), Limit: 1 + rand.IntN(2), Attempts: 1, Backoff: 1, Keep: 1})
	var ran atomic.Int64
	var err error
	var group sync.WaitGroup
	group.Go(func() {
		err = r.Submit(job{Name: "just in time", Run: func() error { ran.Add(1); return nil }})
	})
	r.Stop()
	now := int(ran.Load())
	group.Wait()
	if err == nil {
		assert.Equal(t, 1, now, "Submit has accepted a job, Stop has returned, and the job has not been run")
	} else {
		assert.Equal(t, jobrunner.ErrStopped, err, "there was room, and the runner was stopped")
		assert.Zero(t, ran.Load(), "Submit has refused this job")
	}
}

// Jobs are submitted that end only later: the limit is all that counts.
func TestScheduleSubmits(t *testing.T) {
	contract.Check(t, contract.Contract[*subject, model]{
		Blocks: true,
		New: func(r *rand.Rand) (*subject, model) {
			return runner(options{Workers: 1, Limit: 1 + r.IntN(4), Keep: 8})(r)
		},
		Calls: draws{submitOnly},
		Last:  draws{submitOnly, openAndStop},
	}, contract.Shape{Before: 1, Goroutines: 3, Calls: 2})
}

// Stop is called while a job fails and is to be attempted again.
func TestScheduleStopMeetsRetry(t *testing.T) {
	returns(t, func() {
		fails := 1 + rand.IntN(2)
		var made atomic.Int64
		var over []result
		r := jobrunner.Start(options{Workers: 1 + rand.IntN(2), Limit: 1, Attempts: 3, Backoff: time.Nanosecond, Keep: 1, OnDone: func(r result) {
			over = append(over, r)
		}})
		assert.NoError(t, r.Submit(job{Name: "unlucky", Run: func() error {
			if made.Add(1) <= int64(fails) {
				return errBusy
			}
			return nil
		}}), "there is room for one")
		r.Stop()
		assert.Equal(t, fails+1, int(made.Load()), "number of attempts: Stop has returned, and a job was to fail %d times and then succeed", fails)
		assert.Equal(t, []result{{Name: "unlucky", Attempts: fails + 1}}, over, "Stop has returned, and the job is over")
	}, "the only job is over, and Stop does not return")
}

// Jobs, all of which can be over, while OnDone is held for one of them.
func TestScheduleSlowOnDone(t *testing.T) {
	contract.Check(t, contract.Contract[*subject, model]{
		Blocks: true,
		New:    runner(options{Workers: 2, Limit: 64, Keep: 64}),
		Calls:  draws{jobOnce, jobOnce, readRecent},
		Last:   draws{readRecent, stopping},
		Waits:  true,
	}, contract.Shape{Before: 1, Goroutines: 2, Calls: 1, Hold: true})
}

// Jobs, and calls of Recent. Of its results, some are read again when all is over, and
// some are overwritten by their callers.
func TestScheduleRecentMeetsJobs(t *testing.T) {
	contract.Check(t, contract.Contract[*subject, model]{
		Blocks: true,
		New: func(r *rand.Rand) (*subject, model) {
			return runner(options{Workers: 1, Limit: 64, Keep: 1 + r.IntN(2) + life.Crowd(r, 5000)})(r)
		},
		Calls: draws{jobOnce, wholeJob, getRecent, getRecent},
		Last:  draws{getRecent, stopping},
		Waits: true,
	}, contract.Shape{Before: 2, Goroutines: 2, Calls: 2})
}

// everything is the contract with all calls. There is room for a few jobs.
var everything = contract.Contract[*subject, model]{
	Blocks: true,
	New: func(r *rand.Rand) (*subject, model) {
		return runner(options{Workers: 1, Limit: 1 + r.IntN(2), Keep: 1 + r.IntN(2)})(r)
	},
	Calls: draws{wholeJob, wholeJob, wholeJob, getStats, getRecent, stopping},
	Last:  draws{getStats, getRecent, stopping, getStats},
	Waits: true,
}

// All calls together.
func TestScheduleEverything(t *testing.T) {
	shape := contract.Shape{Before: 1, Goroutines: 3, Calls: 1}
	if rand.IntN(2) == 0 {
		shape = contract.Shape{Before: 1, Goroutines: 2, Calls: 2}
	}
	contract.Check(t, everything, shape)
}

// All calls but Stop while a job, or its OnDone, takes long.
func TestScheduleEverythingIsSlow(t *testing.T) {
	slow := everything
	slow.New = func(r *rand.Rand) (*subject, model) {
		return runner(options{Workers: 2, Limit: 1 + r.IntN(3), Keep: 1 + r.IntN(2)})(r)
	}
	slow.Calls = draws{wholeJob, wholeJob, getStats, getRecent}
	contract.Check(t, slow, contract.Shape{Before: 1, Goroutines: 2, Calls: 2, Hold: true})
}
