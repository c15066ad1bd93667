package cachecheck_test

import (
	"context"
	"slices"
	"sync"

	"heisenkata/exercises/09-test-suites/01-cache-check"
)

type getter = func(ctx context.Context, key string) (string, error)

// parts are a cache of which a fault may replace either method. All caches that a check
// sees are of this type, so none is known by it.
type parts struct {
	get  getter
	drop func(key string)
}

func (p *parts) Get(ctx context.Context, key string) (string, error) { return p.get(ctx, key) }
func (p *parts) Drop(key string)                                     { p.drop(key) }

func partsOf(c cachecheck.Cache) *parts { return &parts{get: c.Get, drop: c.Drop} }

// around is p's Get with something around it.
func around(p *parts, outer func(ctx context.Context, key string, get getter) (string, error)) getter {
	inner := p.get
	return func(ctx context.Context, key string) (string, error) { return outer(ctx, key, inner) }
}

// counts are how many Gets of each key are under way.
type counts struct {
	mu sync.Mutex
	n  map[string]int
}

// counted tells outer how many others of its key were under way when a Get began.
func (c *counts) counted(get getter, outer func(ctx context.Context, key string, others int, get getter) (string, error)) getter {
	return func(ctx context.Context, key string) (string, error) {
		others := c.add(key, 1) - 1
		defer c.add(key, -1)
		return outer(ctx, key, others, get)
	}
}

func (c *counts) add(key string, n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int{}
	}
	c.n[key] += n
	return c.n[key]
}

// underWay knows which loads are under way.
type underWay struct {
	mu    sync.Mutex
	now   map[string]int // "" is the sum
	loads map[string]bool
	ended map[string]chan struct{} // closed when a key's number is zero
}

func newUnderWay() *underWay {
	return &underWay{now: map[string]int{}, loads: map[string]bool{}, ended: map[string]chan struct{}{}}
}

func (u *underWay) watched(load cachecheck.Load) cachecheck.Load {
	return func(key string) (string, error) {
		u.begin(key)
		defer u.end(key)
		return load(key)
	}
}

func (u *underWay) begin(key string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, k := range []string{key, ""} {
		if u.now[k]++; u.now[k] == 1 {
			u.ended[k] = make(chan struct{})
		}
	}
}

func (u *underWay) end(key string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.loads[key] = true
	for _, k := range []string{key, ""} {
		if u.now[k]--; u.now[k] == 0 {
			close(u.ended[k])
		}
	}
}

// over is closed when no load of key is under way; "" stands for all keys.
func (u *underWay) over(key string) <-chan struct{} {
	u.mu.Lock()
	defer u.mu.Unlock()
	if ended, ok := u.ended[key]; ok {
		return ended
	}
	none := make(chan struct{})
	close(none)
	return none
}

func (u *underWay) loading(key string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.now[key] > 0
}

// returned tells whether a load of key has ever returned.
func (u *underWay) returned(key string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.loads[key]
}

// keys are those being loaded, in alphabetical order.
func (u *underWay) keys() (loading []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for key, n := range u.now {
		if n > 0 && key != "" {
			loading = append(loading, key)
		}
	}
	slices.Sort(loading)
	return loading
}
