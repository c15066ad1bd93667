// Package tickerflusher records how long the steps of a build job take, and writes the
// timings in batches.
package tickerflusher

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Timing says how long one step took.
type Timing struct {
	Step string
	Took time.Duration
}

// Recorder collects timings and writes them in batches.
type Recorder struct {
	top   atomic.Pointer[node] // a stack of what was added and not yet written; closed when all is
	stop  func()
	ended chan struct{}
}

type node struct {
	timing Timing
	below  *node
}

var closed = &node{}

// New returns a Recorder that writes a batch at every tick.
func New(every time.Duration, write func(batch []Timing)) *Recorder {
	done := make(chan struct{})
	r := &Recorder{stop: sync.OnceFunc(func() { close(done) }), ended: make(chan struct{})}
	flush := func(next *node) {
		var batch []Timing
		for n := r.top.Swap(next); n != nil; n = n.below {
			batch = append(batch, n.timing)
		}
		if len(batch) > 0 {
			slices.Reverse(batch)
			write(batch)
		}
	}
	ticker := time.NewTicker(every)
	go func() {
		defer close(r.ended)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				flush(nil)
			case <-done:
				flush(closed)
				return
			}
		}
	}()
	return r
}

// Add adds a timing to the next batch.
func (r *Recorder) Add(t Timing) (added bool) {
	n := &node{timing: t}
	for {
		n.below = r.top.Load()
		if n.below == closed {
			return false
		}
		if r.top.CompareAndSwap(n.below, n) {
			return true
		}
	}
}

// Close ends the Recorder.
func (r *Recorder) Close() {
	r.stop()
	<-r.ended
}
