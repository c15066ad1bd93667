// finds: wrong

// Package torn reloads a configuration of two fields; the broken one makes each field atomic, not the pair.
package torn

import (
	"sync"
	"sync/atomic"
	"testing"
)

type config struct{ host, port int32 }

// loose can be read between the two stores.
type loose struct {
	host atomic.Int32
	port int32
}

func (c *loose) set(v config) {
	c.host.Store(v.host)
	atomic.StoreInt32(&c.port, v.port)
}

func (c *loose) get() config {
	return config{c.host.Load(), atomic.LoadInt32(&c.port)}
}

// tight swaps a whole configuration that never changes.
type tight struct{ now atomic.Pointer[config] }

func (c *tight) set(v config) { c.now.Store(&v) }
func (c *tight) get() config  { return *c.now.Load() }

type holder interface {
	set(config)
	get() config
}

func run(t *testing.T, h holder) {
	h.set(config{1, 1})
	var wg sync.WaitGroup
	wg.Go(func() { h.set(config{2, 2}) })
	wg.Go(func() {
		if c := h.get(); c.host != c.port {
			t.Errorf("host of version %d with port of version %d", c.host, c.port)
		}
	})
	wg.Wait()
}

func TestBug(t *testing.T)   { run(t, new(loose)) }
func TestFixed(t *testing.T) { run(t, new(tight)) }
