package lrureadlock_test

import (
	"fmt"
	"runtime"
	"testing"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/01-shared-state/04-lru-read-lock"
	"heisenkata/exercises/internal/oracle"
)

// A page that is no longer in the cache is not kept in memory by it, and calls leave nothing.
func TestKeepsNothingElse(t *testing.T) {
	random := oracle.Random(t)
	capacity := 1 + random.IntN(10)
	c := lrureadlock.New(capacity)
	gone := putAndGo(c, 100+capacity)
	for _, key := range several(100 + capacity)[100:] {
		c.Put(key, nil) // replaces the page
	}
	require.LessOrEqual(t, alive(gone), 3, "%d pages were evicted or replaced, and so many are still in memory. Something in the cache refers to them", len(gone))
	require.Len(t, c.Keys(), capacity, "the cache is full")
	if oracle.Large(t) {
		assertCallsLeaveNothing(t, c)
	}
	runtime.KeepAlive(c)
}

// putAndGo puts so many pages into the cache, looks at each, and keeps none.
//
//go:noinline
func putAndGo(c *lrureadlock.Cache, many int) (pages []weak.Pointer[lrureadlock.Page]) {
	for _, key := range several(many) {
		page := &lrureadlock.Page{Body: key}
		pages = append(pages, weak.Make(page))
		c.Put(key, page)
		c.Get(key)
	}
	return pages
}

// alive returns how many of the pages are still in memory.
func alive(pages []weak.Pointer[lrureadlock.Page]) (n int) {
	runtime.GC()
	runtime.GC()
	for _, page := range pages {
		if page.Value() != nil {
			n++
		}
	}
	return n
}

// assertCallsLeaveNothing fails t if the cache grows with the calls: those of Get alone, and
// those of all methods.
func assertCallsLeaveNothing(t *testing.T, c *lrureadlock.Cache) {
	t.Helper()
	calls := 12 * oracle.Many()
	inside := c.Keys()[0]
	for _, alone := range []bool{true, false} {
		before := heap()
		for i := range calls {
			passing := fmt.Sprint("/passing/", i)
			c.Get(inside)
			c.Get(passing)
			if !alone {
				c.Put(passing, nil)
				inside = passing
			}
		}
		grown := int64(heap()) - int64(before)
		assert.Less(t, grown, int64(4*calls), "bytes by which the memory has grown in %d rounds of calls. The cache is as full as before", calls)
	}
}

// heap returns how many bytes are in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
