// caught by: tests in TestSlowWrite
// Wrong: a channel in place of the lock. While a write is slow it fills up, and then Add waits.

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
	write func(batch []Timing)
	added chan Timing
	ended chan struct{} // closed when run has written everything and ends

	mu     sync.RWMutex // guards closed
	closed bool
}

// New returns a Recorder that writes a batch at every tick, unless nothing was added.
// Ticks come in intervals of every, which is more than zero.
//
// write is called by one goroutine at a time. It may be slow, it may call Add, and the
// batch is its own. It does not call Close.
func New(every time.Duration, write func(batch []Timing)) *Recorder {
	r := &Recorder{write: write, added: make(chan Timing, 1024), ended: make(chan struct{})}
	go r.run(time.NewTicker(every))
	return r
}

// run writes a batch at every tick, until the channel is closed and empty.
func (r *Recorder) run(ticker *time.Ticker) {
	defer close(r.ended)
	defer ticker.Stop()
	var batch []Timing
	for {
		select {
		case t, ok := <-r.added:
			if !ok {
				r.flush(batch)
				return
			}
			batch = append(batch, t)
		case <-ticker.C:
			r.flush(batch)
			batch = nil
		}
	}
}

func (r *Recorder) flush(batch []Timing) {
	if len(batch) > 0 {
		r.write(batch)
	}
}

// Add adds a timing to the next batch, and does not wait for it to be written. If the
// Recorder is closed, it adds nothing and returns false.
func (r *Recorder) Add(t Timing) (added bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.closed {
		return false
	}
	r.added <- t
	return true
}

// Close ends the Recorder. It returns when every timing that was added has been
// written, and nothing of the Recorder is left. It may be called again; each call
// returns only then.
func (r *Recorder) Close() {
	r.mu.Lock()
	if !r.closed {
		r.closed = true
		close(r.added)
	}
	r.mu.Unlock()
	<-r.ended
}
