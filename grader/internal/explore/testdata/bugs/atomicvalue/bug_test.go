// finds: wrong

// Package atomicvalue adds routes by copy-on-write; the broken one loads and stores without comparing.
package atomicvalue

import (
	"sync"
	"sync/atomic"
	"testing"
)

type route struct {
	path string
	next *route
}

// router keeps the newest *route in an atomic.Value.
type router struct{ routes atomic.Value }

func newRouter() *router {
	r := new(router)
	r.routes.Store((*route)(nil))
	return r
}

// addLoose loses a route that another writer stored in between.
func (r *router) addLoose(path string) {
	old := r.routes.Load().(*route)
	r.routes.Store(&route{path, old})
}

// add tries again if the list has changed.
func (r *router) add(path string) {
	for {
		old := r.routes.Load().(*route)
		if r.routes.CompareAndSwap(old, &route{path, old}) {
			return
		}
	}
}

func run(t *testing.T, add func(*router, string)) {
	r := newRouter()
	var wg sync.WaitGroup
	for _, p := range []string{"/a", "/b"} {
		wg.Go(func() { add(r, p) })
	}
	wg.Wait()
	n := 0
	for e := r.routes.Load().(*route); e != nil; e = e.next {
		n++
	}
	if n != 2 {
		t.Errorf("routes: got %d, want 2", n)
	}
}

func TestBug(t *testing.T)   { run(t, (*router).addLoose) }
func TestFixed(t *testing.T) { run(t, (*router).add) }
