// finds: leak

// Package tickerstop flushes at every tick; the broken stop ends the ticks, but not the goroutine that waits for them.
package tickerstop

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

type flusher struct {
	ticker  *time.Ticker
	flushes atomic.Int64
	done    chan struct{}
	wg      sync.WaitGroup
}

func newFlusher() *flusher {
	return &flusher{ticker: time.NewTicker(time.Millisecond), done: make(chan struct{})}
}

// loopLoose ranges over a channel that Stop does not close.
func (f *flusher) loopLoose() {
	for range f.ticker.C {
		f.flushes.Add(1)
	}
}

func (f *flusher) stopLoose() { f.ticker.Stop() }

func (f *flusher) loop() {
	defer f.wg.Done()
	for {
		select {
		case <-f.ticker.C:
			f.flushes.Add(1)
		case <-f.done:
			return
		}
	}
}

// stop ends the goroutine and waits for it.
func (f *flusher) stop() {
	f.ticker.Stop()
	close(f.done)
	f.wg.Wait()
}

func TestBug(t *testing.T) {
	f := newFlusher()
	go f.loopLoose()
	run(t, f, f.stopLoose)
}

func TestFixed(t *testing.T) {
	f := newFlusher()
	f.wg.Add(1)
	go f.loop()
	run(t, f, f.stop)
}

func run(t *testing.T, f *flusher, stop func()) {
	time.Sleep(3 * time.Millisecond)
	stop()
	t.Logf("flushed %d times", f.flushes.Load())
}
