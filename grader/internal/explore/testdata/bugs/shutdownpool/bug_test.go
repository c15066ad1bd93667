// finds: wrong

// Package shutdownpool runs jobs and stops; the broken pool can leave accepted jobs undone.
package shutdownpool

import (
	"sync"
	"sync/atomic"
	"testing"
)

type pool struct {
	jobs chan func()
	quit chan struct{}
	wg   sync.WaitGroup
}

func start(worker func(*pool)) *pool {
	p := &pool{jobs: make(chan func(), 2), quit: make(chan struct{})}
	p.wg.Add(1)
	go worker(p)
	return p
}

func (p *pool) stop() {
	close(p.quit)
	p.wg.Wait()
}

// workLoose ends at quit, whatever is still queued.
func (p *pool) workLoose() {
	defer p.wg.Done()
	for {
		select {
		case <-p.quit:
			return
		case job := <-p.jobs:
			job()
		}
	}
}

// work empties the queue before it ends.
func (p *pool) work() {
	defer p.wg.Done()
	for {
		select {
		case job := <-p.jobs:
			job()
		case <-p.quit:
			for {
				select {
				case job := <-p.jobs:
					job()
				default:
					return
				}
			}
		}
	}
}

func run(t *testing.T, worker func(*pool)) {
	p := start(worker)
	var done atomic.Int32
	for range 2 {
		p.jobs <- func() { done.Add(1) }
	}
	p.stop()
	if n := done.Load(); n != 2 {
		t.Errorf("jobs done: got %d, want 2", n)
	}
}

func TestBug(t *testing.T)   { run(t, (*pool).workLoose) }
func TestFixed(t *testing.T) { run(t, (*pool).work) }
