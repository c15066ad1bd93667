// caught by: explore in TestScheduleTicksAfterASlowWrite
// Wrong: after a write that takes longer than the interval, the ticker is reset, so ticks no longer come at their times

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

// Recorder collects timings and writes them in batches. Add and Close may be called
// from many goroutines at once.
type Recorder struct {
	write  func(batch []Timing)
	ticker *time.Ticker
	every  time.Duration
	done   chan struct{} // closed when nothing can be added any more
	ended  chan struct{} // closed when run has written everything and ends

	mu      sync.Mutex // guards timings and closed
	timings []Timing   // added, and not yet written
	closed  bool
}

// New returns a Recorder that writes a batch at every tick, unless nothing was added.
// Ticks come in intervals of every, which is more than zero.
//
// write is called by one goroutine at a time. It may be slow, it may call Add, and the
// batch is its own. It does not call Close.
func New(every time.Duration, write func(batch []Timing)) *Recorder {
	r := &Recorder{
		write:  write,
		every:  every,
		ticker: time.NewTicker(every),
		done:   make(chan struct{}),
		ended:  make(chan struct{}),
	}
	go r.run()
	return r
}

// run writes a batch at every tick, and the last one when the Recorder is closed.
func (r *Recorder) run() {
	defer close(r.ended)
	defer r.ticker.Stop()
	for {
		select {
		case <-r.ticker.C:
			began := time.Now()
			r.flush()
			if time.Since(began) > r.every {
				r.ticker.Reset(r.every) // a tick that came meanwhile is not worth a batch
			}
		case <-r.done:
			r.flush()
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
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.timings = append(r.timings, t)
	return true
}

// Close ends the Recorder. It returns when every timing that was added has been
// written, and nothing of the Recorder is left. It may be called again; each call
// returns only then.
func (r *Recorder) Close() {
	r.mu.Lock()
	if !r.closed {
		r.closed = true
		close(r.done)
	}
	r.mu.Unlock()
	<-r.ended
}
