// Package cachecheck tests loading caches: one check for every cache that a service
// may be given.
package cachecheck

import (
	"context"
	"sync/atomic"
	"time"
)

// Load fetches the value of a key, which may take long. A cache may call it from any
// goroutine.
type Load func(key string) (string, error)

// Cache keeps values that it has loaded. The README has its contract. Both methods may be
// called from many goroutines at once.
type Cache interface {
	// Get returns the value of key, and loads it first if it is not kept. If ctx ends
	// while Get waits for a load, it returns the context's error.
	Get(ctx context.Context, key string) (string, error)

	// Drop forgets the value of key: later Gets load it again.
	Drop(key string)
}

// Open returns a new, empty cache that loads with load.
type Open func(load Load) Cache

// T is what a check reports to. Errorf may be called from any goroutine until the
// check returns.
type T interface {
	Errorf(format string, args ...any)
}

// Check reports to t if the caches that open makes break their contract, and reports
// nothing if they keep it. It returns in either case, and leaves no goroutine behind.
//
// It runs in a synctest bubble.
func Check(t T, open Open) {
	ctx := context.Background()
	var loads atomic.Int64
	load := func(key string) (string, error) {
		loads.Add(1)
		return "value of " + key, nil
	}

	cache := open(load)
	for range 2 {
		if value, err := cache.Get(ctx, "a"); value != "value of a" || err != nil {
			t.Errorf("Get(a) = %q, %v", value, err)
		}
	}
	if n := loads.Load(); n != 1 {
		t.Errorf("a was loaded %d times for two Gets", n)
	}
	cache.Get(ctx, "b")
	cache.Drop("a")
	if value, err := cache.Get(ctx, "a"); value != "value of a" || err != nil {
		t.Errorf("Get(a) = %q, %v after Drop", value, err)
	}
	if n := loads.Load(); n != 3 {
		t.Errorf("a, b, and a again: %d loads", n)
	}

	// Many at once: one of them loads, the others share it.
	loads.Store(0)
	cache = open(load)
	for range 10 {
		go cache.Get(ctx, "a")
	}
	time.Sleep(10 * time.Millisecond) // until all are done
	if n := loads.Load(); n > 1 {
		t.Errorf("ten Gets at once, and %d loads", n)
	}
}
