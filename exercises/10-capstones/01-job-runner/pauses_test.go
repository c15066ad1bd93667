package jobrunner_test

import (
	"errors"
	"fmt"
	"go/scanner"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/10-capstones/01-job-runner"
)

// A flaky job is submitted at some time, and all its attempts take their time and fail.
type flaky struct {
	name      string
	at, takes time.Duration
	attempts  []time.Duration // when they are to begin
}

// over returns when the last attempt has failed.
func (j flaky) over() time.Duration { return j.attempts[len(j.attempts)-1] + j.takes }

// assertPauses runs a few jobs that pause at the same time. Some pauses take seconds,
// others months.
func assertPauses(t *testing.T, random *rand.Rand) {
	t.Helper()
	o := options{Attempts: 3 + random.IntN(3), Backoff: time.Duration(1 + random.Int64N(int64(100*time.Second)))}
	if random.IntN(2) == 0 {
		o.Backoff = time.Duration(1+random.IntN(500)) * 24 * time.Hour
	}
	jobs := someFlaky(random, o)
	o.Workers, o.Limit = len(jobs), len(jobs)
	s := start(t, o)
	for _, j := range jobs {
		time.Sleep(j.at - time.Since(s.began))
		s.submit(t, job{Name: j.name, Run: func() error {
			s.note(j.name)
			time.Sleep(j.takes)
			return scanner.ErrorList{{Msg: "expected a semicolon"}} // errors need not be comparable
		}})
	}
	for _, j := range jobs {
		time.Sleep(j.over() - time.Since(s.began))
	}
	synctest.Wait()
	for _, j := range jobs {
		assert.Equal(t, j.attempts, s.when(j.name), "a job was submitted after %v, and an attempt takes %v. The first pause is %v, and each further one is twice as long, whatever other jobs do", j.at, j.takes, o.Backoff)
	}
	assert.Len(t, s.results(), len(jobs), "each job has had all its attempts")
	for _, r := range s.results() {
		assert.EqualError(t, r.Err, "expected a semicolon")
	}
}

// someFlaky draws jobs in the order in which they are submitted.
func someFlaky(random *rand.Rand, o options) (jobs []flaky) {
	var at time.Duration
	for i := range 2 + random.IntN(4) {
		j := flaky{name: fmt.Sprint("flaky ", i), at: at, takes: time.Duration(random.Int64N(int64(2 * o.Backoff)))}
		next, pause := at, o.Backoff
		for range o.Attempts {
			j.attempts = append(j.attempts, next)
			next, pause = next+j.takes+pause, 2*pause
		}
		jobs = append(jobs, j)
		at += time.Duration(random.Int64N(int64(4*o.Backoff))) + 1
	}
	return jobs
}

// assertPauseKeepsNoWorker calls Stop while a job runs that then fails, and another one waits
// for the only worker.
func assertPauseKeepsNoWorker(t *testing.T) {
	t.Helper()
	goOn, stopped := make(chan bool), make(chan bool)
	failed, ran := false, false
	r := jobrunner.Start(options{Workers: 1, Limit: 2, Attempts: 2, Backoff: time.Hour, Keep: 1})
	assert.NoError(t, r.Submit(job{Name: "unlucky", Run: func() error {
		<-goOn
		if !failed {
			failed = true
			return errors.New("not today")
		}
		return nil
	}}))
	assert.NoError(t, r.Submit(job{Name: "lucky", Run: func() error { ran = true; return nil }}))
	go func() {
		r.Stop()
		close(stopped)
	}()
	synctest.Wait()
	close(goOn)
	synctest.Wait()
	assert.Equal(t, 1, r.Stats().Succeeded, "Stop waits for a job that has failed once, and another job must run during the pause: the paused job must not occupy a worker")
	<-stopped
	assert.True(t, ran, "Stop has returned, and a job that had been accepted has not run")
}

// assertWorkersAreFree runs a job for each worker, one after the other, since the limit
// is 1. The OnDone of each takes its time.
func assertWorkersAreFree(t *testing.T, workers int) {
	t.Helper()
	over, goOn := make(chan result), make(chan struct{})
	r := jobrunner.Start(options{Workers: workers, Limit: 1, Attempts: 1, Backoff: 1, Keep: 1, OnDone: func(got result) {
		over <- got
		<-goOn
	}})
	for range workers {
		assert.NoError(t, r.Submit(job{Name: "mail", Run: func() error { return nil }}), "no job is unfinished")
		<-over
	}
	close(goOn)
	r.Stop()
}

// assertNeverMore has the OnDone of one job take its time while others are submitted.
// When it returns, its worker is free, and there may be no more jobs than workers.
func assertNeverMore(t *testing.T, workers int) {
	t.Helper()
	bubble(t, func(t *testing.T) { neverMore(t, workers) })
}

func neverMore(t *testing.T, workers int) {
	gate, goOn := make(chan struct{}), make(chan struct{})
	r := jobrunner.Start(options{Workers: workers, Limit: 3 * workers, Attempts: 1, Backoff: 1, Keep: 1, OnDone: func(got result) {
		if got.Name == "first" {
			<-goOn
		}
	}})
	for range workers {
		assert.NoError(t, r.Submit(job{Name: "first", Run: func() error { return nil }}))
	}
	synctest.Wait()
	for range 2 * workers {
		assert.NoError(t, r.Submit(job{Name: "later", Run: func() error { <-gate; return nil }}))
	}
	synctest.Wait()
	close(goOn)
	synctest.Wait()
	assert.Equal(t, workers, r.Stats().Running, "there are %d workers and more jobs. All OnDones have returned", workers)
	close(gate)
	r.Stop()
}

// note records an attempt.
func (s *service) note(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs = append(s.runs, attempt{name, time.Since(s.began)})
}
