// caught by: tests, race or leak in TestRecordersAreIndependent
// Wrong: the timer of the next tick is not stopped, and starts a goroutine after Close has returned.

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
	turn  chan struct{} // full while a batch is being written

	mu      sync.Mutex // guards the rest
	timer   *time.Timer
	timings []Timing // added, and not yet written
	closed  bool
}

// New returns a Recorder that writes a batch at every tick.
func New(every time.Duration, write func(batch []Timing)) *Recorder {
	r := &Recorder{write: write, every: every, turn: make(chan struct{}, 1)}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.timer = time.AfterFunc(every, r.tick)
	return r
}

func (r *Recorder) tick() {
	r.mu.Lock()
	over := r.closed
	if !over {
		r.timer.Reset(r.every)
	}
	r.mu.Unlock()
	if !over {
		r.flush()
	}
}

// flush writes what was added since the last time.
func (r *Recorder) flush() {
	r.turn <- struct{}{}
	defer func() { <-r.turn }()
	r.mu.Lock()
	batch := r.timings
	r.timings = nil
	r.mu.Unlock()
	if len(batch) > 0 {
		r.write(batch)
	}
}

// Add adds a timing to the next batch.
func (r *Recorder) Add(t Timing) (added bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.timings = append(r.timings, t)
	return true
}

// Close ends the Recorder.
func (r *Recorder) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.flush()
}
