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

// Runner runs jobs on at most Workers goroutines, which it starts when there is
// something to do. All its methods are safe for concurrent use, and jobs and OnDone may
// call them, except for Stop.
type Runner struct {
	opts    Options
	jobs    sync.WaitGroup // unfinished jobs
	workers sync.WaitGroup

	mu      sync.Mutex // guards the fields below
	busy    int        // workers
	queue   []*task    // waiting for a worker
	open    int        // unfinished jobs
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
	return &Runner{opts: opts}
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
	r.jobs.Add(1)
	r.stats.Accepted++
	r.enqueue(&task{job: job})
	return nil
}

// Stop makes Submit accept no more jobs. It returns when all accepted jobs are over,
// OnDone has returned for each, and nothing of the runner is still running.
func (r *Runner) Stop() {
	r.mu.Lock()
	r.stopped = true
	r.mu.Unlock()
	r.jobs.Wait()    // no more are accepted, so no more workers are started
	r.workers.Wait() // OnDone may still be running
}

// Stats returns a consistent snapshot of the counters.
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
	if r.busy < r.opts.Workers {
		r.busy++
		r.workers.Go(r.work)
	}
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
				r.opts.OnDone(result) // without the lock: it may call the runner
			}
		}
	}
}

// next takes a task, or returns nil if there is none, and the worker ends.
func (r *Runner) next() *task {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.queue) == 0 {
		r.busy--
		return nil
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
	time.AfterFunc(r.opts.Backoff<<(t.attempts-1), func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.enqueue(t)
	})
}

// finish records the result of a job that is over.
func (r *Runner) finish(result Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.jobs.Done()
	r.open--
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
