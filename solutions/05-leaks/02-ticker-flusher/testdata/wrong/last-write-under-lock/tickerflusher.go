// caught by: explore in TestScheduleAddMeetsLastWrite
// Wrong: the last write holds the lock, and an Add that came just before waits for it.

// Package tickerflusher records how long the steps of a build job take, and writes the
// timings in batches.
package tickerflusher

import (
	"sync"
	"sync/atomic"
	"time"
)

// Timing says how long one step took.
type Timing struct {
	Step string
	Took time.Duration
}

// Recorder collects timings and writes them in batches. Add and Close may be called
// from many goroutines at once.
type Recorder struct {
	write         func(batch []Timing)
	ticker        *time.Ticker
	closing, over chan struct{}
	once          sync.Once
	closed        atomic.Bool

	mu      sync.Mutex // guards timings
	timings []Timing   // added, and not yet written
}

// New returns a Recorder that writes a batch at every tick, unless nothing was added.
// Ticks come in intervals of every, which is more than zero.
func New(every time.Duration, write func(batch []Timing)) *Recorder {
	r := &Recorder{write: write, ticker: time.NewTicker(every), closing: make(chan struct{}), over: make(chan struct{})}
	go r.run()
	return r
}

// run writes a batch at every tick.
func (r *Recorder) run() {
	defer close(r.over)
	for {
		select {
		case <-r.ticker.C:
			r.flush()
		case <-r.closing:
			return
		}
	}
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

// Add adds a timing to the next batch, and does not wait for it to be written. If the
// Recorder is closed, it adds nothing and returns false.
func (r *Recorder) Add(t Timing) (added bool) {
	if r.closed.Load() {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed.Load() {
		return false
	}
	r.timings = append(r.timings, t)
	return true
}

// Close ends the Recorder. It returns when every timing that was added has been
// written, and nothing of the Recorder is left.
func (r *Recorder) Close() {
	r.once.Do(func() {
		r.ticker.Stop()
		close(r.closing)
		r.mu.Lock()
		r.closed.Store(true)
		r.mu.Unlock()
		<-r.over
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.timings) > 0 {
			r.write(r.timings)
		}
	})
}
