// Right: a timer that each tick sets again, under the lock that Close takes, and a tick that leaves a late
// write alone.

// Package tickerflusher records how long the steps of a build job take, and writes the
// timings in batches.
package tickerflusher

import (
	"sync"
	"time"
)

// Timing says how long one step took.
type Timing struct {
	Step string
	Took time.Duration
}

// Recorder collects timings and writes them in batches.
type Recorder struct {
	write func(batch []Timing)
	every time.Duration

	writing sync.Mutex // held while a batch is taken and written

	mu      sync.Mutex // guards the fields below
	timer   *time.Timer
	next    time.Time // of the next tick
	timings []Timing  // added, and not yet written
	closed  bool
}

// New returns a Recorder that writes a batch at every tick, unless nothing was added.
func New(every time.Duration, write func(batch []Timing)) *Recorder {
	r := &Recorder{write: write, every: every, next: time.Now().Add(every)}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.timer = time.AfterFunc(every, r.tick)
	return r
}

// tick writes a batch. If the last one is still being written, the next tick will do it.
func (r *Recorder) tick() {
	if !r.schedule() {
		return
	}
	if !r.writing.TryLock() {
		return
	}
	defer r.writing.Unlock()
	r.flush()
}

// schedule sets the timer to the next tick, unless there is none.
func (r *Recorder) schedule() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	now := time.Now()
	if late := now.Sub(r.next); late >= 0 {
		r.next = r.next.Add((late/r.every + 1) * r.every)
	}
	r.timer.Reset(r.next.Sub(now))
	return true
}

// flush writes what was added since the last time.
func (r *Recorder) flush() {
	r.mu.Lock()
	batch := r.timings
	r.timings = nil
	r.mu.Unlock()
	if len(batch) > 0 {
		r.write(batch)
	}
}

// Add adds a timing to the next batch, and does not wait for it to be written.
func (r *Recorder) Add(t Timing) (added bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.timings = append(r.timings, t)
	return true
}

// Close ends the Recorder. It returns when every timing that was added has been written.
func (r *Recorder) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.timer.Stop()
	r.writing.Lock()
	defer r.writing.Unlock()
	r.flush()
}
