package jobrunner_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
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

func TestMain(m *testing.M) { oracle.Main(m) }

// One worker takes one job after the other, in the order of Submit.
func TestJobsRunInOrder(t *testing.T) {
	random := oracle.Random(t)
	n := 2 + random.IntN(20)
	if oracle.Large(t) {
		n = oracle.Many()
	}
	bubble(t, func(t *testing.T) {
		s := start(t, options{Workers: 1, Limit: n, Attempts: 1, Keep: n})
		var want []result
		var names []string
		for i := range n {
			r := result{Name: name(i / 2), Attempts: 1} // names need not be unique
			if random.IntN(8) == 0 {
				r.Name = ""
			}
			if random.IntN(3) == 0 {
				r.Err = life.Trouble(random, "not today")
			}
			s.submit(t, s.job(r.Name, r.Err))
			want, names = append(want, r), append(names, r.Name)
		}
		synctest.Wait()
		if !slices.Equal(names, s.attempts()) {
			assert.Fail(t, "wrong jobs, or in a wrong order", "jobs must be run once each, in the order in which they were accepted. There were %d, and %d attempts", n, len(s.attempts()))
		}
		assertSame(t, want, s.results(), "OnDone must be called once for each job, with its result")
		assertResults(t, want, s.Recent(), "Recent must return all results, oldest first")
		failed := 0
		for _, r := range want {
			if r.Err != nil {
				failed++
			}
		}
		assert.Equal(t, stats{Accepted: n, Succeeded: n - failed, Failed: failed}, s.Stats(), "%d of %d jobs have failed", failed, n)
		assert.Zero(t, time.Since(s.began), "nothing here should take time")
	})
}

// All workers work, each on one job at a time.
func TestAllWorkersWork(t *testing.T) {
	random := oracle.Random(t)
	sizes := []int{1, 2 + random.IntN(8)}
	if oracle.Large(t) {
		sizes = append(sizes, 20+random.IntN(50), oracle.Many())
	}
	for _, workers := range sizes {
		bubble(t, func(t *testing.T) {
			n := workers + 1 + random.IntN(3)
			s := start(t, options{Workers: workers, Limit: n})
			for i := range n {
				s.submit(t, s.gated(name(i)))
			}
			synctest.Wait()
			assert.Equal(t, workers, len(s.attempts()), "there are %d jobs and %d workers", n, workers)
			assert.Equal(t, stats{Accepted: n, Running: workers}, s.Stats(), "there are %d jobs and %d workers", n, workers)
			s.gate <- struct{}{}
			synctest.Wait()
			assert.Equal(t, workers+1, len(s.attempts()), "one job is over, and its worker must take the next one at once")
			assert.Equal(t, stats{Accepted: n, Running: workers, Succeeded: 1}, s.Stats(), "one job is over, and its worker must take the next one at once")
		})
	}
}

// A job is unfinished while it waits for a worker, runs, or waits for its next attempt.
func TestLimit(t *testing.T) {
	random := oracle.Random(t)
	sizes := life.Sizes(random, 90)
	if oracle.Large(t) {
		sizes = append(sizes, oracle.Many())
	}
	for _, limit := range sizes {
		bubble(t, func(t *testing.T) {
			s := start(t, options{Workers: 1 + random.IntN(3), Limit: limit, Attempts: 2, Backoff: time.Minute})
			paused := random.IntN(limit + 1)
			for i := range paused {
				s.submit(t, s.job(name(i), errors.New("later")))
			}
			synctest.Wait() // now each of these waits for its second attempt
			for i := range limit - paused {
				s.submit(t, s.gated(name(i)))
			}
			assertFull := func() {
				for range 2 {
					synctest.Wait()
					assert.Equal(t, jobrunner.ErrFull, s.Submit(s.job("one more")), "Limit is %d, and there are as many unfinished jobs", limit)
				}
			}
			assertFull()
			if paused < limit {
				s.gate <- struct{}{} // one is over
				synctest.Wait()
				s.submit(t, s.gated("in its place"))
				assertFull()
			}
			s.open()
			time.Sleep(time.Hour)
			synctest.Wait()
			assert.False(t, slices.Contains(s.attempts(), "one more"), "Submit has refused this job")
			assert.Equal(t, s.Stats().Accepted, s.Stats().Succeeded, "all jobs are over")
			s.submit(t, s.job("the last"))
		})
	}
}

// Attempts happen at their time, and until then a job occupies no worker.
func TestRetries(t *testing.T) {
	random := oracle.Random(t)
	for i := range 4 {
		bubble(t, func(t *testing.T) {
			attempts, backoff := 1+random.IntN(9), time.Duration(0)
			fails := random.IntN(attempts + 2)
			switch i {
			case 0, 1: // all attempts fail, or all but the last
				attempts = 5 + random.IntN(5)
				fails = attempts - i
			case 2: // the pauses grow from nanoseconds to days
				attempts, backoff = 33+random.IntN(8), time.Duration(1+random.IntN(1000))
				fails = attempts
			}
			s := start(t, options{Workers: 1, Attempts: attempts, Backoff: backoff})
			o := s.options
			errs := failures(random, fails)
			want := ending("unlucky", o.Attempts, errs)
			var at []time.Duration
			for i := range want.Attempts {
				at = append(at, o.Backoff*time.Duration(1<<i-1))
			}
			last := at[len(at)-1]
			s.submit(t, s.job("unlucky", errs...))
			if last > 0 {
				synctest.Wait()
				assert.Equal(t, stats{Accepted: 1, Retries: 1}, s.Stats(), "a job has failed once, and waits for its second attempt")
				s.submit(t, s.job("lucky"))
				synctest.Wait()
				assert.Contains(t, s.attempts(), "lucky", "the other job waits for its second attempt: this one need not wait for it")
			}
			time.Sleep(last)
			synctest.Wait()
			assertResults(t, []result{want}, slices.DeleteFunc(s.results(), func(r result) bool { return r.Name == "lucky" }),
				fmt.Sprintf("of at most %d attempts %d were to fail, and the job is over", o.Attempts, fails))
			assert.Equal(t, at, s.when("unlucky"), "the pause is %v, doubled after each further failure", o.Backoff)
			assert.Equal(t, want.Attempts-1, s.Stats().Retries, "of %d attempts all but the first are retries", want.Attempts)
			time.Sleep(2*last + o.Backoff)
			synctest.Wait()
			assert.Len(t, s.when("unlucky"), want.Attempts, "the job is over")
		})
	}
	for range 3 {
		bubble(t, func(t *testing.T) { assertPauses(t, random) })
	}
}

// A job whose pause is over comes after those that wait for a worker.
func TestRetryIsLastInLine(t *testing.T) {
	random := oracle.Random(t)
	bubble(t, func(t *testing.T) {
		s := start(t, options{Workers: 1, Attempts: 2, Backoff: time.Second})
		s.submit(t, s.job("unlucky", errors.New("busy")))
		synctest.Wait()
		want := []string{"unlucky"}
		n := 1 + random.IntN(5)
		for i := range n {
			s.submit(t, s.gated(name(i)))
			want = append(want, name(i))
		}
		time.Sleep(time.Minute)
		s.submit(t, s.gated("late"))
		for range n {
			s.gate <- struct{}{}
			synctest.Wait()
		}
		s.open()
		synctest.Wait()
		assert.Equal(t, append(want, "unlucky", "late"), s.attempts(), "the second attempt comes after the jobs that have waited longer, and before those that came later")
	})
	bubble(t, func(t *testing.T) {
		backoff := time.Duration(10+random.IntN(1000)) * time.Second
		s := start(t, options{Workers: 1, Attempts: 3, Backoff: backoff})
		s.submit(t, s.job("twice unlucky", errors.New("busy"), errors.New("still busy")))
		time.Sleep(backoff + backoff/10)
		synctest.Wait()
		s.submit(t, s.job("unlucky", errors.New("busy")))
		synctest.Wait()
		s.submit(t, s.gated("slow"))
		time.Sleep(4 * backoff)
		s.open()
		synctest.Wait()
		assert.Equal(t, []string{"twice unlucky", "twice unlucky", "unlucky", "slow", "unlucky", "twice unlucky"}, s.attempts(),
			"while a slow job ran, two pauses ended. The longer one had begun first, and ended last: a job is last in line when its pause ends")
	})
}

// Stop waits for running and queued jobs, and each call of it does.
func TestStopWaitsForJobs(t *testing.T) {
	random := oracle.Random(t)
	settle := settling(stopsWaitForALock(t))
	for _, n := range append(life.Sizes(random, 90), 0) {
		bubble(t, func(t *testing.T) {
			here := oracle.WhoIsHere()
			s := start(t, options{Workers: 1 + random.IntN(4), Limit: max(n, 1), Attempts: 1})
			for i := range n {
				s.submit(t, s.gated(name(i)))
			}
			var stopped atomic.Int64
			stops := 2 + random.IntN(2)
			for range stops {
				go func() { s.Stop(); stopped.Add(1) }()
			}
			settle()
			for i := range n {
				require.Zero(t, stopped.Load(), "%d of %d jobs are over, and Stop has returned", i, n)
				require.Equal(t, jobrunner.ErrStopped, s.Submit(s.job("too late")), "Stop has been called")
				require.Equal(t, i, s.Stats().Succeeded, "%d of %d jobs are over", i, n)
				require.Equal(t, i, len(s.Recent()), "%d of %d jobs are over", i, n)
				s.gate <- struct{}{}
				settle()
			}
			require.EqualValues(t, stops, stopped.Load(), "all %d jobs are over, and Stop has not returned", n)
			assert.Equal(t, jobrunner.ErrStopped, s.Submit(s.job("too late")), "the runner has stopped")
			s.Stop()
			here.AssertNothingGoesOn(t, "Stop has returned.")
			assert.Len(t, s.attempts(), n, "there were %d jobs", n)
			assert.Len(t, s.results(), n, "there were %d jobs", n)
			assert.Equal(t, stats{Accepted: n, Succeeded: n}, s.Stats(), "the runner has stopped")
		})
	}
}

// Stop waits for OnDone, too.
func TestStopWaitsForOnDone(t *testing.T) {
	bubble(t, func(t *testing.T) {
		here := oracle.WhoIsHere()
		pause := time.Duration(1 + rand.IntN(int(24*time.Hour)))
		release := make(chan struct{})
		calls := 0
		r := jobrunner.Start(options{Workers: 1, Limit: 1, Attempts: 1, Backoff: 1, Keep: 1, OnDone: func(result) {
			time.Sleep(pause)
			calls++
		}})
		assert.NoError(t, r.Submit(job{Name: "only", Run: func() error { <-release; return nil }}))
		time.AfterFunc(time.Second, func() { close(release) })
		began := time.Now()
		r.Stop()
		assert.Equal(t, time.Second+pause, time.Since(began), "OnDone takes %v, and Stop must return after it, at once", pause)
		here.AssertNothingGoesOn(t, "Stop has returned.")
		assert.Equal(t, 1, calls, "OnDone must be called once for each job")
	})
}

// A job may call its runner, and OnDone may be missing.
func TestJobMayCallItsRunner(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := jobrunner.Start(options{Workers: 1, Limit: 2, Attempts: 1, Backoff: 1, Keep: 1})
		err := errors.New("not called")
		inner := 0
		_ = r.Submit(job{Name: "outer", Run: func() error {
			assert.Equal(t, stats{Accepted: 1, Running: 1}, r.Stats(), "one job is running, and it is this one")
			assert.Empty(t, r.Recent(), "no job is over")
			err = r.Submit(job{Name: "inner", Run: func() error { inner++; return nil }})
			assert.Equal(t, jobrunner.ErrFull, r.Submit(job{Name: "third"}), "there are two unfinished jobs: this one and the one it has submitted")
			return nil
		}})
		synctest.Wait()
		r.Stop()
		assert.NoError(t, err, "there is room for two jobs")
		assert.Equal(t, 1, inner, "a job has submitted another one, which was accepted")
		assertResults(t, []result{{Name: "inner", Attempts: 1}}, r.Recent(), "the last job is over")
	})
}

// Two runners share nothing.
func TestRunnersAreIndependent(t *testing.T) {
	random := oracle.Random(t)
	bubble(t, func(t *testing.T) {
		var runners []*service
		for range 2 + random.IntN(3) {
			runners = append(runners, start(t, options{Workers: 1 + random.IntN(3), Attempts: 1}))
			synctest.Wait() // its workers have nothing to do
		}
		for i, s := range slices.Backward(runners) {
			s.submit(t, s.job("the first"))
			synctest.Wait()
			assert.Len(t, s.results(), 1, "no job was submitted to any of %d runners. Then one was submitted to runner %d, and did not run", i+1, i+1)
		}
	})
	bubble(t, func(t *testing.T) {
		a := start(t, options{Workers: 1, Limit: 1, Keep: 1})
		b := start(t, options{Workers: 1, Limit: 1, Keep: 1})
		a.submit(t, a.gated("a"))
		b.submit(t, b.job("b"))
		synctest.Wait()
		b.Stop()
		assertResults(t, []result{{Name: "b", Attempts: 1}}, b.Recent(), "the runner has one job")
		assert.Empty(t, a.Recent(), "the job of this runner is not over, only that of the other")
		assert.Equal(t, stats{Accepted: 1, Running: 1}, a.Stats(), "the job of this runner is not over, only that of the other")
		a.open()
		synctest.Wait()
		a.submit(t, a.job("still running"))
		synctest.Wait()
		assert.Len(t, a.results(), 2, "the other runner has stopped, and this one has not")
	})
}

// More jobs than a small counter can count, a few at a time, so that none takes long even
// on a busy machine.
func TestManyJobs(t *testing.T) {
	n := 257
	if oracle.Large(t) {
		n = 1<<16 + 1
	}
	var ran atomic.Int64
	var unfinished sync.WaitGroup
	r := jobrunner.Start(options{Workers: 2, Limit: 500, Attempts: 1, Backoff: 1, Keep: 3, OnDone: func(result) { unfinished.Done() }})
	one := job{Name: "one of many", Run: func() error { ran.Add(1); return nil }}
	for left := n; left > 0; left -= 500 {
		oracle.Within(t, func() {
			unfinished.Add(min(left, 500))
			for range min(left, 500) {
				if err := r.Submit(one); err != nil {
					t.Error("there is room for 500 jobs, and none is unfinished: ", err)
					unfinished.Done()
				}
			}
			unfinished.Wait()
		}, "all jobs have ended, and OnDone was not called for each")
	}
	assert.EqualValues(t, n, ran.Load(), "there were %d jobs", n)
	assert.Equal(t, stats{Accepted: n, Succeeded: n}, r.Stats(), "there were %d jobs", n)
	oracle.Within(t, r.Stop, "all jobs are over, and Stop does not return")
}
