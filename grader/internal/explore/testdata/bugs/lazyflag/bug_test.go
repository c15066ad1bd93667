// finds: race

// Package lazyflag opens a handle on first use; the broken one checks a plain flag before it takes the lock.
package lazyflag

import (
	"sync"
	"sync/atomic"
	"testing"
)

type handle struct{ name string }

// loose is double-checked locking over a plain bool and a plain pointer.
type loose struct {
	mu    sync.Mutex
	ready bool
	h     *handle
}

func (l *loose) get() *handle {
	if !l.ready {
		l.mu.Lock()
		defer l.mu.Unlock()
		if !l.ready {
			l.h = &handle{"db"}
			l.ready = true
		}
	}
	return l.h
}

// tight has the same two checks, over an atomic pointer.
type tight struct {
	mu sync.Mutex
	h  atomic.Pointer[handle]
}

func (l *tight) get() *handle {
	if h := l.h.Load(); h != nil {
		return h
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if h := l.h.Load(); h != nil {
		return h
	}
	h := &handle{"db"}
	l.h.Store(h)
	return h
}

func run(t *testing.T, get func() *handle) {
	got := make(chan *handle)
	for range 2 {
		go func() { got <- get() }()
	}
	a, b := <-got, <-got
	if a == nil || a != b {
		t.Errorf("handles: got %v and %v, want the same one", a, b)
	}
}

func TestBug(t *testing.T)   { run(t, new(loose).get) }
func TestFixed(t *testing.T) { run(t, new(tight).get) }
