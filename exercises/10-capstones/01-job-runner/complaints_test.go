package jobrunner_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/10-capstones/01-job-runner"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// A dashboard asks while a job runs, and nothing but the runner itself orders the two.
func TestStatsWhileAJobRuns(t *testing.T) {
	oracle.Within(t, func() {
		for range 3 {
			began, release := make(chan struct{}), make(chan struct{})
			r := jobrunner.Start(options{Workers: 1, Limit: 1, Attempts: 1, Backoff: 1, Keep: 1})
			_ = r.Submit(job{Name: "slow", Run: func() error { close(began); <-release; return nil }})
			got := r.Stats()
			<-began // any later call of the runner could be what orders them
			close(release)
			r.Stop()
			assert.Equal(t, 1, got.Accepted, "one job has been accepted before Stats was called")
		}
	}, "the only job has ended, and Stop does not return")
}

// A job that waits for its next attempt when Stop is called.
func TestStopWaitsForARetry(t *testing.T) {
	random := oracle.Random(t)
	for i := range 4 {
		bubble(t, func(t *testing.T) {
			here := oracle.WhoIsHere()
			attempts := 2 + random.IntN(8)
			fails := 1 + random.IntN(attempts)
			if i < 2 { // all attempts fail, or all but the last
				attempts = 5 + random.IntN(5)
				fails = attempts - i
			}
			s := start(t, options{Workers: 1 + random.IntN(4), Limit: 1, Attempts: attempts})
			o := s.options
			errs := failures(random, fails)
			want := ending("unlucky", attempts, errs)
			s.submit(t, s.job("unlucky", errs...))
			synctest.Wait()
			stopAt := random.Int64N(int64(o.Backoff))
			time.Sleep(time.Duration(stopAt))
			s.Stop()
			assert.Equal(t, want.Attempts, len(s.attempts()), "number of attempts: Stop has returned, and an accepted job was waiting for its second attempt when Stop was called")
			if t.Failed() {
				return
			}
			assertResults(t, []result{want}, s.results(), "Stop has returned, and a job that had been accepted is not over")
			assert.Equal(t, o.Backoff*time.Duration(1<<(want.Attempts-1)-1), time.Since(s.began), "Stop must return when the last attempt is over: stopping does not shorten pauses")
			here.AssertNothingGoesOn(t, "Stop has returned.")
			assert.Len(t, s.attempts(), want.Attempts, "the job is over")
		})
		if t.Failed() {
			return
		}
	}
	bubble(t, assertPauseKeepsNoWorker)
	many := []int{7 + random.IntN(5), life.Size(random, 60)}
	if stopsWaitForALock(t) {
		many = []int{1}
	}
	for _, stops := range many {
		bubble(t, func(t *testing.T) { assertWorkerIsNotPassedOver(t, random, stops) })
	}
}

// assertWorkerIsNotPassedOver has many calls of Stop wait before the only worker does. Then
// the pause of the only job is over, which is for the worker, and not for them.
func assertWorkerIsNotPassedOver(t *testing.T, random *rand.Rand, stops int) {
	t.Helper()
	fails := 1 + random.IntN(3)
	s := start(t, options{Workers: 1, Limit: 1, Attempts: fails + 1})
	s.submit(t, s.gated("unlucky", failures(random, fails)...))
	synctest.Wait()
	var back atomic.Int64
	for range stops {
		go func() { s.Stop(); back.Add(1) }()
		synctest.Wait()
	}
	for i := range fails {
		s.gate <- struct{}{}
		time.Sleep(s.options.Backoff << i)
		synctest.Wait()
		if !assert.Len(t, s.attempts(), i+2, "%d calls of Stop wait, and then the only worker does. The only job has failed, and the pause is over, but the next attempt does not begin. Which of them was woken?", stops) {
			s.open()
			for range fails { // each may wake the worker, so that this is the last thing printed
				go s.Stop()
				time.Sleep(24 * time.Hour)
			}
			return
		}
	}
	require.Zero(t, back.Load(), "the last attempt is under way, and Stop has returned")
	s.gate <- struct{}{}
	synctest.Wait()
	require.EqualValues(t, stops, back.Load(), "the only job is over, and a call of Stop has not returned")
}

// Many jobs when Stop is called: running, waiting for a worker, and between two attempts.
func TestStopWaitsForAll(t *testing.T) {
	random := oracle.Random(t)
	lock := stopsWaitForALock(t)
	sizes := life.Sizes(random, 90)
	if oracle.Large(t) {
		sizes = append(sizes, 1025+random.IntN(100))
	}
	for _, n := range sizes {
		bubble(t, func(t *testing.T) {
			s := start(t, options{Workers: 1 + random.IntN(5), Limit: 2 * n, Attempts: 3, Keep: 3})
			var want []result
			fail := func(i, fails int) (string, []error) {
				errs := failures(random, fails)
				want = append(want, ending(name(i/2), 3, errs)) // names need not be unique
				return name(i / 2), errs
			}
			for i := range n {
				name, errs := fail(i, 1+random.IntN(3))
				s.submit(t, s.job(name, errs...))
			}
			synctest.Wait()
			for i := range n {
				name, errs := fail(n+i, random.IntN(4))
				s.submit(t, s.gated(name, errs...))
			}
			synctest.Wait()
			var stops sync.WaitGroup
			stops.Go(s.Stop)
			if !lock {
				for range random.IntN(20) {
					stops.Go(s.Stop)
				}
			}
			if random.IntN(2) == 0 {
				time.Sleep(10 * s.options.Backoff) // the pauses end first
			}
			s.open()
			stops.Wait()
			got := s.results()
			require.Equal(t, len(want), len(got), "Stop has returned, and OnDone must have been called for each of %d jobs", len(want))
			assertSame(t, want, got, "Stop has returned, and some jobs did not end as they were to")
			var sum stats
			for _, r := range want {
				sum.Accepted++
				sum.Retries += r.Attempts - 1
				if r.Err == nil {
					sum.Succeeded++
				} else {
					sum.Failed++
				}
			}
			assert.Equal(t, sum, s.Stats(), "Stop has returned, and all jobs are over")
			assert.Equal(t, sum.Accepted+sum.Retries, len(s.attempts()), "each attempt but the first is a retry")
		})
		if t.Failed() {
			break
		}
	}
}

// A result of Recent stays as it is, whatever the runner does afterwards.
func TestRecentStaysAsItIs(t *testing.T) {
	random := oracle.Random(t)
	for range 3 {
		bubble(t, func(t *testing.T) {
			s := start(t, options{Workers: 1, Attempts: 1, Keep: 1 + random.IntN(6)})
			keep := s.options.Keep
			var want []result
			var got [][]result
			n := keep + 1 + random.IntN(5)
			for i := range n {
				r := result{Name: name(i), Attempts: 1}
				if random.IntN(3) == 0 {
					r.Err = life.Trouble(random, "not today")
				}
				s.submit(t, s.job(r.Name, r.Err))
				synctest.Wait()
				want, got = append(want, r), append(got, s.Recent())
			}
			for i, g := range got {
				assertResults(t, want[max(0, i+1-keep):i+1], g,
					fmt.Sprintf("Recent was called after %d of %d jobs, and now its result has changed (Keep is %d)", i+1, n, keep))
			}
		})
		if t.Failed() {
			break
		}
	}
}

// The result of Recent belongs to the caller, which writes to it and appends.
func TestRecentBelongsToItsCaller(t *testing.T) {
	random := oracle.Random(t)
	for range 3 {
		bubble(t, func(t *testing.T) {
			s := start(t, options{Workers: 1, Attempts: 1, Keep: 1 + random.IntN(6)})
			keep := s.options.Keep
			var want []result
			for i := range keep + random.IntN(5) {
				s.submit(t, s.job(name(i)))
				synctest.Wait()
				want = append(want, result{Name: name(i), Attempts: 1})
				for range 2 {
					got := s.Recent()
					assertResults(t, want[max(0, len(want)-keep):], got, "the caller has written to an earlier result of Recent, and sees it in the next one")
					got = got[:cap(got)] // where append would write
					for i := range got {
						got[i] = result{Name: "overwritten"}
					}
				}
			}
		})
		if t.Failed() {
			break
		}
	}
}

// OnDone calls the runner. The job is over: its place is free, and it is counted.
func TestOnDoneMayCallTheRunner(t *testing.T) {
	n := 2 + oracle.Random(t).IntN(5)
	oracle.Within(t, func() {
		over := make(chan struct{})
		calls := 0
		var r *jobrunner.Runner
		made := make(chan struct{})
		r = jobrunner.Start(options{Workers: 1, Limit: 1, Attempts: 1, Backoff: 1, Keep: 1, OnDone: func(got result) {
			<-made
			calls++
			assert.Equal(t, result{Name: name(calls), Attempts: 1}, got)
			assert.Equal(t, stats{Accepted: calls, Succeeded: calls}, r.Stats(), "OnDone is called when a job is over")
			assert.Equal(t, []result{got}, r.Recent(), "OnDone is called when a job is over")
			if calls == n {
				close(over)
				return
			}
			assert.NoError(t, r.Submit(job{Name: name(calls + 1), Run: func() error { return nil }}), "the only job is over: there is room for another one")
		}})
		close(made)
		assert.NoError(t, r.Submit(job{Name: name(1), Run: func() error { return nil }}))
		<-over
		r.Stop()
		assert.Equal(t, n, calls, "OnDone must be called once for each job")
	}, "OnDone calls the runner, and this call does not return")
	bubble(t, assertOnDoneMayCallWhileStopWaits)
}

// The second job goes on when OnDone has been called for the first one. Its worker may have begun
// with it before that.
func assertOnDoneMayCallWhileStopWaits(t *testing.T) {
	goOn, stopped, calls := []chan bool{make(chan bool), make(chan bool)}, make(chan bool), 0
	var r *jobrunner.Runner
	r = jobrunner.Start(options{Workers: 1, Limit: 2, Attempts: 1, Backoff: 1, Keep: 1, OnDone: func(got result) {
		calls++
		now := r.Stats()
		now.Running = 0
		assert.Equal(t, stats{Accepted: 2, Succeeded: calls}, now, "OnDone is called when a job is over, and Stop waits")
		assert.Equal(t, []result{got}, r.Recent(), "OnDone is called when a job is over, and Stop waits")
		assert.ErrorIs(t, r.Submit(job{Name: "late", Run: func() error { return nil }}), jobrunner.ErrStopped, "Stop has been called")
		if calls < len(goOn) {
			close(goOn[calls])
		}
	}})
	for i := range goOn {
		assert.NoError(t, r.Submit(job{Name: name(i), Run: func() error { <-goOn[i]; return nil }}))
	}
	go func() {
		r.Stop()
		close(stopped)
	}()
	synctest.Wait()
	close(goOn[0])
	<-stopped
	assert.Equal(t, 2, calls, "OnDone must be called once for each job")
}

// While OnDone takes its time, others go on: jobs, calls, and OnDone for other jobs.
func TestSlowOnDoneHoldsUpNothing(t *testing.T) {
	random := oracle.Random(t)
	workers, keep := 2+random.IntN(20), 1+random.IntN(20)
	if oracle.Large(t) {
		workers = oracle.Many()
	}
	oracle.Within(t, func() {
		meeting := oracle.NewMeeting(workers)
		var calls atomic.Int64
		over := make(chan struct{})
		r := jobrunner.Start(options{Workers: workers, Limit: workers, Attempts: 1, Backoff: 1, Keep: keep, OnDone: func(result) {
			meeting.Arrive()
			if calls.Add(1) == int64(workers) {
				close(over)
			}
		}})
		for i := range workers {
			assert.NoError(t, r.Submit(job{Name: name(i % 3), Run: func() error { return nil }}), "there is room") // names need not be unique
		}
		<-over
		r.Stop()
		assert.Equal(t, min(keep, workers), len(r.Recent()), "each job is over")
		assert.EqualValues(t, workers, calls.Load(), "OnDone must be called once for each job")
		assertWorkersAreFree(t, workers)
	}, "OnDone takes its time for one job, and this holds up another job, its OnDone, or a call of Submit")
	for _, workers := range []int{1, min(workers, 10)} {
		assertNeverMore(t, workers)
	}
	settle := settling(stopsWaitForALock(t))
	for range 8 {
		bubble(t, func(t *testing.T) { assertOthersGoOn(t, settle) })
		if t.Failed() {
			return
		}
	}
}

// assertOthersGoOn holds OnDone of some jobs, so few that a worker is left for all the others.
// Then it lets go of one after the other, while calls of Stop wait.
func assertOthersGoOn(t *testing.T, settle func()) {
	random := oracle.Random(t)
	workers := 2 + random.IntN(5)
	n := 2*workers + random.IntN(20)
	held := map[string]chan bool{}
	for _, i := range random.Perm(n)[:1+random.IntN(workers-1)] {
		held[name(i)] = make(chan bool)
	}
	var ran, called atomic.Int64
	gate := make(chan bool)
	r := jobrunner.Start(options{Workers: workers, Limit: n, Attempts: 2, Backoff: time.Second, Keep: 1 + random.IntN(n), OnDone: func(r result) {
		called.Add(1)
		if hold := held[r.Name]; hold != nil {
			<-hold
		}
	}})
	for i := range n {
		failed := random.IntN(3) > 0
		assert.NoError(t, r.Submit(job{Name: name(i), Run: func() error {
			<-gate
			if !failed {
				failed = true
				return errBusy
			}
			ran.Add(1)
			return nil
		}}), "there is room")
	}
	synctest.Wait()
	close(gate)
	time.Sleep(time.Minute)
	assert.EqualValues(t, n, ran.Load(), "OnDone takes long for %d of %d jobs, and of %d workers at least one is free: all jobs must run", len(held), n, workers)
	assert.EqualValues(t, n, called.Load(), "OnDone takes long for %d of %d jobs, and must be called for all the others, too", len(held), n)
	var group sync.WaitGroup
	var stopped atomic.Int64
	for range 1 + random.IntN(3) { // one after the other: all jobs are over, so that a later one may take all for done
		group.Go(func() { r.Stop(); stopped.Add(1) })
		settle()
	}
	for _, hold := range held {
		settle()
		assert.Zero(t, stopped.Load(), "OnDone has not returned yet for one of the jobs. This many calls of Stop have")
		close(hold)
	}
	group.Wait()
}
