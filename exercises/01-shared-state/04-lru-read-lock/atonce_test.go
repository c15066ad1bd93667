package lrureadlock_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/01-shared-state/04-lru-read-lock"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// hangs is what a call that does not return may be waiting for.
const hangs = "the cache is used by many at once, and a call hangs. Which lock does it wait for, and which goroutine could release it?"

// several returns different keys.
func several(many int) []string {
	list := make([]string, many)
	for i := range list {
		list[i] = fmt.Sprint("/page/", i)
	}
	return list
}

// assertSet fails t unless list has all of these keys, each of them once.
func assertSet(t *testing.T, want, list []string, story string) bool {
	t.Helper()
	sorted, wanted := slices.Sorted(slices.Values(list)), slices.Sorted(slices.Values(want))
	return slices.Equal(sorted, wanted) || assert.Equal(t, wanted, sorted, story)
}

// assertSound fails t unless the cache, which is full, has these keys, and works as it should
// from now on.
func assertSound(t *testing.T, c *lrureadlock.Cache, want []string) {
	t.Helper()
	assertSet(t, want, c.Keys(), "the keys of a cache that was used by many goroutines at once")
	for _, key := range want {
		page, found := c.Get(key)
		require.True(t, found, "%q is one of the keys, and there is no page", key)
		require.Equal(t, key, page.Body, "the page under %q", key)
	}
	list := slices.Clone(want)
	slices.Reverse(list)
	require.Equal(t, list, c.Keys(), "all pages were used one after the other, so the one that was used last is first")
	for i := range want {
		c.Put(fmt.Sprint("new ", i), &lrureadlock.Page{})
		require.Equal(t, list[:len(want)-1-i], c.Keys()[i+1:], "a full cache gets new pages, one after the other, and as many old ones go: those that have not been used for the longest time")
	}
}

// Visitors look at pages, all at once. Nothing is put into the cache.
func TestReadersAtOnce(t *testing.T) {
	random := oracle.Random(t)
	readers, gets := 2+random.IntN(6), 20+random.IntN(20)
	for range 2 {
		list := several(3 + random.IntN(20))
		c := holding(len(list), list...)
		oracle.Within(t, func() {
			oracle.Together(readers, func(i int) {
				for k := range gets {
					key := list[(i+k)%len(list)]
					page, found := c.Get(key)
					if !found || page == nil || page.Body != key {
						assert.Fail(t, "wrong page", "%q is in the cache, and Get returned %v, %v", key, page, found)
					}
					if _, found := c.Get("missing"); found {
						assert.Fail(t, "a page that was never put")
					}
				}
			})
		}, hangs)
		n := int64(readers * gets)
		require.Equal(t, lrureadlock.Stats{Hits: n, Misses: n}, c.Stats(), "%d readers found %d pages each, and as many times none", readers, gets)
		assertSound(t, c, list)
	}
	if oracle.Large(t) {
		assertManyAtOnce(t, oracle.Many())
	}
}

// assertManyAtOnce has many visitors, each of which looks at a page of its own.
func assertManyAtOnce(t *testing.T, many int) {
	t.Helper()
	list := several(many)
	c := holding(many, list...)
	var found atomic.Int64
	oracle.Within(t, func() {
		oracle.Together(many, func(i int) {
			if page, _ := c.Get(list[i]); page != nil && page.Body == list[i] {
				found.Add(1)
			}
		})
	}, hangs)
	require.EqualValues(t, many, found.Load(), "so many visitors looked at a page that is in the cache")
	require.Equal(t, lrureadlock.Stats{Hits: int64(many)}, c.Stats(), "so many pages were found")
	assertSet(t, list, c.Keys(), "so many pages are in the cache")
}

// The dashboard lists the pages while visitors look at them.
func TestKeysDuringGets(t *testing.T) {
	random := oracle.Random(t)
	for range 2 {
		list := several(3 + random.IntN(20))
		c := holding(len(list), list...)
		rounds := 20 + random.IntN(20)
		oracle.Within(t, func() {
			oracle.Together(3, func(i int) {
				for k := range rounds {
					if i > 0 {
						c.Get(list[i*k%len(list)])
					} else if !assertSet(t, list, c.Keys(), "all pages stay, and visitors look at them. Meanwhile the keys were listed") {
						return
					}
				}
			})
		}, hangs)
		assertSound(t, c, list)
	}
}

// The dashboard shows the counts while visitors look at pages.
func TestStatsDuringGets(t *testing.T) {
	random := oracle.Random(t)
	for range 2 {
		c := holding(1, "old", "a")
		rounds := 20 + random.IntN(50)
		oracle.Within(t, func() {
			oracle.Together(3, func(i int) {
				last := lrureadlock.Stats{Evictions: 1}
				for range rounds {
					if i > 0 {
						c.Get([]string{"", "a", "missing"}[i])
						continue
					}
					now := c.Stats()
					if now.Hits < last.Hits || now.Misses < last.Misses || now.Evictions != 1 {
						assert.Fail(t, "wrong counts", "first %+v, then %+v", last, now)
					}
					last = now
				}
			})
		}, hangs)
		n := int64(rounds)
		require.Equal(t, lrureadlock.Stats{Hits: n, Misses: n, Evictions: 1}, c.Stats(), "one page was found %d times, and another one was missed as often", rounds)
	}
}

// Visitors look at pages while new ones come and old ones go. Before the first new page comes,
// each visitor has looked at one.
func TestReadersAndWriters(t *testing.T) {
	random := oracle.Random(t)
	for range 2 {
		capacity := 2 + random.IntN(20)
		first := several(capacity)
		c := holding(capacity, first...)
		const readers, writers = 3, 2
		begun := oracle.NewMeeting(readers + writers)
		rounds := 20 + random.IntN(20)
		var hits, misses atomic.Int64
		oracle.Within(t, func() {
			oracle.Together(readers+writers, func(i int) {
				if i >= readers {
					begun.Arrive()
				}
				for k := range rounds {
					key := fmt.Sprint("/page/", (i+k)%(3*capacity))
					if i >= readers {
						c.Put(key, &lrureadlock.Page{Body: key})
						continue
					}
					page, found := c.Get(key)
					switch {
					case !found:
						misses.Add(1)
					case page == nil || page.Body != key:
						assert.Fail(t, "wrong page", "Get(%q) returned %v", key, page)
					default:
						hits.Add(1)
					}
					if k == 0 {
						begun.Arrive()
					}
				}
			})
		}, hangs)
		list, stats := c.Keys(), c.Stats()
		require.Len(t, list, capacity, "as many pages are in a full cache as its capacity")
		require.Equal(t, hits.Load(), stats.Hits, "pages that were found")
		require.Equal(t, misses.Load(), stats.Misses, "pages that were not found")
		require.LessOrEqual(t, stats.Evictions, int64(writers*rounds), "a Put evicts one page at most")
		assertSound(t, c, list)
	}
	replacedWhileRead(t, random)
}

// replacedWhileRead replaces a page while a visitor looks at it, after some other uses. A
// cache may have had room to note down just these, so their number is drawn, and takes each
// value near a number in the fix. Put and Get begin in either order.
func replacedWhileRead(t *testing.T, random *rand.Rand) {
	const most = 150
	before := []int{random.IntN(most), random.IntN(most), random.IntN(most)}
	for _, n := range life.Limits(most) {
		before = append(before, n-1, n, n+1)
	}
	const key = "/"
	now := &lrureadlock.Page{Body: "0"}
	c := lrureadlock.New(2)
	c.Put(key, now)
	for round := range 4 * len(before) {
		for range before[round/4] {
			page, _ := c.Get(key)
			require.Same(t, now, page, "the page that was put last")
		}
		last, next := now, &lrureadlock.Page{Body: fmt.Sprint(round + 1)}
		oracle.Within(t, func() {
			oracle.Together(2, func(i int) {
				if i == round%2 {
					c.Put(key, next)
				} else if page, _ := c.Get(key); page != last && page != next {
					assert.Fail(t, "wrong page", "Get(%q) returned %v, while the page %v was replaced by %v", key, page, last, next)
				}
			})
		}, hangs)
		now = next
	}
}
