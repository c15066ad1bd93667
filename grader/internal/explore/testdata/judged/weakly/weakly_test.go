// Package weakly has goroutines that end once what they look after is collected.
package weakly

import (
	"testing"
	"time"
	"weak"
)

type cache struct{ entries map[string]time.Time }

// expire looks after a cache as long as there is one.
func expire(every time.Duration, c weak.Pointer[cache]) {
	for range time.Tick(every) {
		if c.Value() == nil {
			return
		}
	}
}

// want: pass
func TestCacheIsCollected(t *testing.T) {
	c := &cache{entries: map[string]time.Time{}}
	go expire(time.Second, weak.Make(c))
	c.entries["a"] = time.Now()
}

var kept *cache

// want: leak: is left
func TestCacheIsKept(t *testing.T) {
	kept = &cache{}
	go expire(time.Second, weak.Make(kept))
}

// want: leak: is left
func TestLoopKeepsItsCache(t *testing.T) {
	c := &cache{}
	p := weak.Make(c)
	go func() {
		for range time.Tick(time.Second) {
			if p.Value() == nil || c.entries["stop"] != (time.Time{}) { // it keeps the cache itself
				return
			}
		}
	}()
}
