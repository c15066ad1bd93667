package lrureadlock_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unsafe"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/01-shared-state/04-lru-read-lock"
	"heisenkata/exercises/internal/oracle"
)

// A page that is no longer in the cache is not kept in memory by it, and calls leave nothing behind.
func TestKeepsNothingElse(t *testing.T) {
	random := oracle.Random(t)
	capacity := 1 + random.IntN(10)
	c := lrureadlock.New(capacity)
	list := several(100 + capacity)
	gone, _ := putAndGo(c, list)
	for _, key := range list[100:] {
		c.Put(long(key), nil) // replaces the page
	}
	require.Zero(t, alive(gone), "%d pages were evicted or replaced, and so many are still in memory. Something in the cache refers to them", len(gone))
	gone, keys := putAndGo(c, list)
	require.Zero(t, alive(gone[:100]), "%d pages were evicted, and so many are still in memory. Something in the cache refers to them", 100)
	few := 10 + 2*capacity // such as those that a slice has room for
	require.Less(t, alive(keys[:100]), few, "100 pages were evicted, and so many of their keys are still in memory. Something in the cache refers to them")
	require.Less(t, alive(missed(c)), few, "100 keys were looked for that are not in the cache, and so many of them are still in memory")
	require.Len(t, c.Keys(), capacity, "the cache is full")
	if oracle.Large(t) {
		assertCallsLeaveNothing(t, c, 12*oracle.Many())
	}
	runtime.KeepAlive(c)
}

// long returns a new text, which shares its memory with no other.
func long(key string) string { return key + strings.Repeat(" and so on", 10) }

// putAndGo puts a page under each key, looks at it, and once more at those that are left, and
// keeps none: the stack that had them is gone as well.
func putAndGo(c *lrureadlock.Cache, list []string) (pages []weak.Pointer[lrureadlock.Page], keys []weak.Pointer[byte]) {
	oracle.Together(1, func(int) {
		for _, key := range list {
			key, page := long(key), &lrureadlock.Page{Body: key}
			pages, keys = append(pages, weak.Make(page)), append(keys, weak.Make(unsafe.StringData(key)))
			c.Put(key, page)
			c.Get(key)
		}
		for _, key := range c.Keys() {
			c.Get(key)
		}
		c.Keys()
	})
	return pages, keys
}

// missed looks for keys that are not there.
func missed(c *lrureadlock.Cache) (keys []weak.Pointer[byte]) {
	oracle.Together(1, func(int) {
		for i := range 100 {
			key := long(fmt.Sprint("missing ", i))
			keys = append(keys, weak.Make(unsafe.StringData(key)))
			c.Get(key)
		}
	})
	return keys
}

// alive returns how many of these are still in memory.
func alive[T any](all []weak.Pointer[T]) (n int) {
	runtime.GC()
	runtime.GC()
	for _, one := range all {
		if one.Value() != nil {
			n++
		}
	}
	return n
}

// assertCallsLeaveNothing fails t if the cache grows with the calls: those of Get alone, and
// those of all methods.
func assertCallsLeaveNothing(t *testing.T, c *lrureadlock.Cache, calls int) {
	t.Helper()
	inside := c.Keys()[0]
	for _, alone := range []bool{true, false} {
		grown := oracle.Kept(func() {
			var passing []weak.Pointer[byte]
			oracle.Together(1, func(int) {
				for i := range calls {
					key := fmt.Sprint("/a/page/that/passes/", i)
					if i < calls/4 {
						passing = append(passing, weak.Make(unsafe.StringData(key)))
					}
					c.Get(inside)
					c.Get(key)
					if !alone {
						c.Put(key, nil)
						inside = key
					}
				}
			})
			assert.LessOrEqual(t, alive(passing), 30, "keys that are still in memory after %d rounds of calls, of the %d that came first. None of them is in the cache", calls, len(passing))
		})
		assert.Less(t, grown, int64(4*calls), "bytes by which the memory has grown in %d rounds of calls. The cache is as full as before", calls)
	}
}
