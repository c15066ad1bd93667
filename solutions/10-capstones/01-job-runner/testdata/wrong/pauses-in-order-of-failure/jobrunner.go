// caught by: tests in TestRetryIsLastInLine
// Wrong: pauses that have ended are moved to the queue later, in the order in which they began

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

	mu      sync.Mutex // guards the fields below
	changed *sync.Cond // queue or stopped has changed
	queue   []*task    // waiting for a worker
	paused  []*task
	open    int // unfinished jobs
	stopped bool
	stats   Stats
	recent  []Result
}

// task is a job and the number of attempts made so far.
type task struct {
	job      Job
	attempts int
	due      time.Time
}

// Start returns a running Runner.
func Start(opts Options) *Runner {
	r := &Runner{opts: opts}
	r.changed = sync.NewCond(&r.mu)
	for range opts.Workers {
		r.workers.Go(r.work)
	}
	return r
}

// Submit accepts a job, and returns without waiting for it. It returns ErrStopped once
// Stop has been called, and otherwise ErrFull if there are Limit unfinished jobs.
func (r *Runner) Submit(job Job) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.stopped:
		return ErrStopped
	case r.open >= r.opts.Limit:
		return ErrFull
	}
	r.open++
	r.stats.Accepted++
	r.collect()
	r.enqueue(&task{job: job})
	return nil
}

// Stop makes Submit accept no more jobs. It returns when all accepted jobs are over,
// OnDone has returned for each, and nothing of the runner is still running.
func (r *Runner) Stop() {
	r.mu.Lock()
	r.stopped = true
	r.changed.Broadcast()
	r.mu.Unlock()
	r.workers.Wait()
}

// Stats returns a consistent snapshot of the counters. A dashboard calls it every
// second: it takes no lock, so that it never holds up a job.
func (r *Runner) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stats
}

// Recent returns the results of the last Keep jobs that are over, oldest first. The
// slice belongs to the caller.
func (r *Runner) Recent() []Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.recent)
}

// enqueue is called with the lock held.
func (r *Runner) enqueue(t *task) {
	r.queue = append(r.queue, t)
	r.changed.Signal()
}

// work makes attempts until there is nothing left to do.
func (r *Runner) work() {
	for t := r.next(); t != nil; t = r.next() {
		t.attempts++
		err := t.job.Run()
		if err != nil && t.attempts < r.opts.Attempts {
			r.retry(t)
		} else {
			result := Result{Name: t.job.Name, Attempts: t.attempts, Err: err}
			r.finish(result)
			if r.opts.OnDone != nil {
				r.opts.OnDone(result)
			}
		}
	}
}

// next waits for a task. It returns nil when the runner has stopped.
func (r *Runner) next() *task {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.collect(); len(r.queue) == 0; r.collect() {
		if r.stopped && r.open == 0 {
			return nil
		}
		r.changed.Wait()
	}
	t := r.queue[0]
	r.queue = r.queue[1:]
	r.stats.Running++
	return t
}

// retry puts a task back into the queue after a pause.
func (r *Runner) retry(t *task) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stats.Running--
	r.stats.Retries++
	pause := r.opts.Backoff << (t.attempts - 1)
	t.due = time.Now().Add(pause)
	r.paused = append(r.paused, t)
	time.AfterFunc(pause, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.changed.Signal()
	})
}

// collect moves the tasks whose pause is over to the queue. The lock is held.
func (r *Runner) collect() {
	now := time.Now()
	r.paused = slices.DeleteFunc(r.paused, func(t *task) bool {
		if t.due.After(now) {
			return false
		}
		r.queue = append(r.queue, t)
		return true
	})
}

// finish records the result of a job that is over.
func (r *Runner) finish(result Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open--
	if r.open == 0 {
		r.changed.Broadcast()
	}
	r.stats.Running--
	if result.Err == nil {
		r.stats.Succeeded++
	} else {
		r.stats.Failed++
	}
	if len(r.recent) == r.opts.Keep {
		copy(r.recent, r.recent[1:])
		r.recent = r.recent[:len(r.recent)-1]
	}
	r.recent = append(r.recent, result)
}
