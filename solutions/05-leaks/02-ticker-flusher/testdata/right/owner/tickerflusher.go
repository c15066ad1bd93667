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
	adding chan Timing
	done   func()        // closes closed, once
	closed chan struct{} // nothing is added any more
	ended  chan struct{} // everything is written
}

// New returns a Recorder that writes a batch at every tick, unless nothing was added.
// Ticks come in intervals of every, which is more than zero.
//
// write is called by one goroutine at a time. It may be slow, it may call Add, and the
// batch is its own. It does not call Close.
func New(every time.Duration, write func(batch []Timing)) *Recorder {
	closed := make(chan struct{})
	r := &Recorder{
		write:  write,
		adding: make(chan Timing),
		done:   sync.OnceFunc(func() { close(closed) }),
		closed: closed,
		ended:  make(chan struct{}),
	}
	go r.run(time.NewTicker(every))
	return r
}

// run owns the next batch, and starts a goroutine for each write.
func (r *Recorder) run(ticker *time.Ticker) {
	defer close(r.ended)
	defer ticker.Stop()
	var next []Timing
	idle := make(chan struct{}, 1) // holds an element unless a write is under way
	idle <- struct{}{}
	for {
		select {
		case t := <-r.adding:
			next = append(next, t)
		case <-ticker.C:
			select {
			case <-idle:
				go r.writeOne(next, idle)
				next = nil
			default: // at the next tick, then
			}
		case <-r.closed:
			<-idle
			r.writeOne(next, idle)
			return
		}
	}
}

func (r *Recorder) writeOne(batch []Timing, idle chan<- struct{}) {
	if len(batch) > 0 {
		r.write(batch)
	}
	idle <- struct{}{}
}

// Add adds a timing to the next batch, and does not wait for it to be written. If the
// Recorder is closed, it adds nothing and returns false.
func (r *Recorder) Add(t Timing) (added bool) {
	select {
	case r.adding <- t:
		return true
	case <-r.closed:
		return false
	}
}

// Close ends the Recorder. It returns when every timing that was added has been
// written, and nothing of the Recorder is left. It may be called again; each call
// returns only then.
func (r *Recorder) Close() {
	r.done()
	<-r.ended
}
