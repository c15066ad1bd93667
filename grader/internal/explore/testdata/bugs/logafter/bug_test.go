// finds: race or panic

// Package logafter logs from a background refresh; the broken test ends without waiting for it.
package logafter

import (
	"sync/atomic"
	"testing"
)

type page struct {
	version atomic.Int32
	done    chan struct{}
	log     func(args ...any)
}

func newPage(log func(...any)) *page {
	return &page{done: make(chan struct{}), log: log}
}

// refresh stores the next version and says so in the log of the test.
func (p *page) refresh() {
	defer close(p.done)
	v := p.version.Add(1)
	p.log("refreshed to version", v)
}

func run(t *testing.T, wait bool) {
	p := newPage(t.Log)
	go p.refresh()
	if v := p.version.Load(); v < 0 || v > 1 {
		t.Errorf("version: got %d, want 0 or 1", v)
	}
	if wait {
		<-p.done
	}
}

func TestBug(t *testing.T)   { run(t, false) }
func TestFixed(t *testing.T) { run(t, true) }
