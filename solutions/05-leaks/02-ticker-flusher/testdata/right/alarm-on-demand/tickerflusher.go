// Package tickerflusher records how long the steps of a build job take, and writes the
// timings in batches.
//
// Right: while nothing is added nothing runs. The first timing of a batch sets an alarm for
// the next tick, and Close stops it, or waits for the write that it has begun.
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
	began time.Time
	ended chan struct{} // closed when the first Close is done

	mu      sync.Mutex // guards the rest
	timings []Timing   // added, and not yet written
	closed  bool
	last    time.Duration // number of the last tick at which something was written
	alarm   *alarm        // nil, or set, or writing
}

// alarm is set for one tick. over is closed when it has written its batch.
type alarm struct {
	timer *time.Timer
	over  chan struct{}
}

// New returns a Recorder that writes a batch at every tick.
func New(every time.Duration, write func(batch []Timing)) *Recorder {
	return &Recorder{write: write, every: every, began: time.Now(), ended: make(chan struct{})}
}

// set sets the alarm for a tick, which may have passed. r.mu is held.
func (r *Recorder) set(tick time.Duration) {
	a := &alarm{over: make(chan struct{})}
	a.timer = time.AfterFunc(time.Until(r.began.Add(tick*r.every)), func() { r.tick(a) })
	r.alarm = a
}

// tick writes a batch.
func (r *Recorder) tick(a *alarm) {
	defer close(a.over)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	r.last = time.Since(r.began) / r.every
	batch := r.timings
	r.timings = nil
	r.mu.Unlock()
	r.write(batch)
	r.mu.Lock()
	if r.closed {
		return
	}
	r.alarm = nil
	if len(r.timings) > 0 {
		r.set(r.last + 1)
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
	if r.alarm == nil {
		r.set(time.Since(r.began)/r.every + 1)
	}
	return true
}

// Close ends the Recorder.
func (r *Recorder) Close() {
	r.mu.Lock()
	again, a := r.closed, r.alarm
	r.closed = true
	r.mu.Unlock()
	if again {
		<-r.ended
		return
	}
	defer close(r.ended)
	if a != nil && !a.timer.Stop() {
		<-a.over
	}
	r.mu.Lock()
	batch := r.timings
	r.timings = nil
	r.mu.Unlock()
	if len(batch) > 0 {
		r.write(batch)
	}
}
