// finds: panic

// Package lazyatomic connects on first use; the broken one raises its atomic flag before the connection is stored.
package lazyatomic

import (
	"sync"
	"sync/atomic"
	"testing"
)

type conn struct{ addr string }

type pool struct {
	mu        sync.Mutex
	connected atomic.Bool
	conn      atomic.Pointer[conn]
}

// dialLoose lets a second caller through while the pointer is still nil.
func (p *pool) dialLoose() *conn {
	if p.connected.CompareAndSwap(false, true) {
		p.conn.Store(&conn{"10.0.0.1"})
	}
	return p.conn.Load()
}

// dial stores first and raises the flag last.
func (p *pool) dial() *conn {
	if !p.connected.Load() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if !p.connected.Load() {
			p.conn.Store(&conn{"10.0.0.1"})
			p.connected.Store(true)
		}
	}
	return p.conn.Load()
}

func run(t *testing.T, dial func(*pool) *conn) {
	p := new(pool)
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if got := dial(p).addr; got != "10.0.0.1" {
				t.Errorf("address: got %q", got)
			}
		}()
	}
	wg.Wait()
}

func TestBug(t *testing.T)   { run(t, (*pool).dialLoose) }
func TestFixed(t *testing.T) { run(t, (*pool).dial) }
