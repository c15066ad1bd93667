// Package jobrunner runs jobs in the background and repeats those that fail.
package jobrunner

import (
	"errors"
	"slices"
	"sync"
	"time"
)

// Errors of Submit.
var (
	ErrFull    = errors.New("too many unfinished jobs")
	ErrStopped = errors.New("the runner is stopped")
)

// Job is something to do. Names need not be unique.
type Job struct {
	Name string
	Run  func() error
}

// Result says how a job ended. Err is what its last attempt returned.
type Result struct {
	Name     string
	Attempts int
	Err      error
}

// Options configure a Runner. All numbers are at least 1.
type Options struct {
	Workers  int           // jobs that run at the same time
	Limit    int           // unfinished jobs: accepted and not over
	Attempts int           // attempts at a job that keeps failing
	Backoff  time.Duration // pause after a job's first failure, doubled after each further one
	Keep     int           // results that Recent returns
	OnDone   func(Result)  // called when a job is over, unless it is nil
}

// Stats count jobs. Accepted is how many Submit has ever accepted; they are over
// (Succeeded or Failed), Running, or waiting for an attempt. Retries counts
// the failures that another attempt follows.
type Stats struct {
	Accepted, Running, Retries, Succeeded, Failed int
}

// Runner runs jobs on a fixed number of workers. All its methods are safe for
// concurrent use, and jobs and OnDone may call them, except for Stop.
type Runner struct {
	opts    Options
	workers sync.WaitGroup

	calls chan func(*state) // executed by the goroutine that owns the state
	tasks chan *task        // for the workers
	over  chan struct{}     // closed when there will be no more tasks
	last  state             // final when over is closed
}

// state is touched by one goroutine only.
type state struct {
	queue   []*task // waiting for a worker
	idle    int     // workers that wait for a task
	open    int     // unfinished jobs
	stopped bool
	stats   Stats
	recent  []Result
}

// task is a job and the number of attempts made so far.
type task struct {
	job      Job
	attempts int
}

// Start returns a running Runner.
func Start(opts Options) *Runner {
	r := &Runner{opts: opts, calls: make(chan func(*state)), tasks: make(chan *task, opts.Workers), over: make(chan struct{})}
	go r.own()
	for range opts.Workers {
		r.workers.Go(r.work)
	}
	return r
}

// own executes calls until the runner is stopped and all jobs are over.
func (r *Runner) own() {
	s := state{idle: r.opts.Workers}
	for !s.stopped || s.open > 0 {
		(<-r.calls)(&s)
		for s.idle > 0 && len(s.queue) > 0 {
			s.idle--
			s.stats.Running++
			r.tasks <- s.queue[0] // there is room for one task per worker
			s.queue = s.queue[1:]
		}
	}
	r.last = s
	close(r.tasks)
	close(r.over)
}

// do has a function executed by the owner and waits for that. When the owner is gone
// the state does not change any more.
func (r *Runner) do(f func(*state)) {
	done := make(chan struct{})
	select {
	case r.calls <- func(s *state) { f(s); close(done) }:
		<-done
	case <-r.over:
		last := r.last
		f(&last)
	}
}

// Submit accepts a job, and returns without waiting for it. It returns ErrStopped once
// Stop has been called, and otherwise ErrFull if there are Limit unfinished jobs.
func (r *Runner) Submit(job Job) (err error) {
	r.do(func(s *state) {
		switch {
		case s.stopped:
			err = ErrStopped
		case s.open >= r.opts.Limit:
			err = ErrFull
		default:
			s.open++
			s.stats.Accepted++
			s.queue = append(s.queue, &task{job: job})
		}
	})
	return err
}

// Stop makes Submit accept no more jobs. It returns when all accepted jobs are over,
// OnDone has returned for each, and nothing of the runner is still running.
func (r *Runner) Stop() {
	r.do(func(s *state) { s.stopped = true })
	<-r.over
	r.workers.Wait()
}

// Stats returns a consistent snapshot of the counters.
func (r *Runner) Stats() (stats Stats) {
	r.do(func(s *state) { stats = s.stats })
	return stats
}

// Recent returns the results of the last Keep jobs that are over, oldest first. The
// slice belongs to the caller.
func (r *Runner) Recent() (recent []Result) {
	r.do(func(s *state) { recent = slices.Clone(s.recent) })
	return recent
}

// work makes attempts until there is nothing left to do.
func (r *Runner) work() {
	for t := range r.tasks {
		t.attempts++
		err := t.job.Run()
		result := Result{Name: t.job.Name, Attempts: t.attempts, Err: err}
		if err != nil && t.attempts < r.opts.Attempts {
			r.retry(t)
		} else {
			r.do(func(s *state) { s.finish(result, r.opts.Keep) })
			if r.opts.OnDone != nil {
				r.opts.OnDone(result)
			}
		}
		r.do(func(s *state) { s.idle++ })
	}
}

// retry puts a task back into the queue after a pause.
func (r *Runner) retry(t *task) {
	r.do(func(s *state) { s.stats.Running--; s.stats.Retries++ })
	time.AfterFunc(r.opts.Backoff<<(t.attempts-1), func() {
		r.do(func(s *state) { s.queue = append(s.queue, t) })
	})
}

// finish records the result of a job that is over.
func (s *state) finish(result Result, keep int) {
	s.open--
	s.stats.Running--
	if result.Err == nil {
		s.stats.Succeeded++
	} else {
		s.stats.Failed++
	}
	s.recent = append(s.recent, result)
	s.recent = s.recent[max(0, len(s.recent)-keep):]
}
