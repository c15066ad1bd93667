package lrureadlock_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/01-shared-state/04-lru-read-lock"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// holding returns a cache that has a page under each key. The last one was used last.
func holding(capacity int, keys ...string) *lrureadlock.Cache {
	c := lrureadlock.New(capacity)
	for _, key := range keys {
		c.Put(key, &lrureadlock.Page{Body: key})
	}
	return c
}

// Two visitors look at two pages.
func TestScheduleTwoGets(t *testing.T) {
	c := holding(3, "a", "b", "c")
	var group sync.WaitGroup
	group.Go(func() { c.Get("a") })
	_, found := c.Get("b")
	group.Wait()
	assert.True(t, found, "b is in the cache, and nothing was put into it since")
	assert.Contains(t, [][]string{{"a", "b", "c"}, {"b", "a", "c"}}, c.Keys(), "of c, b and a, the last two were used, in one order or the other")
	assert.Equal(t, lrureadlock.Stats{Hits: 2}, c.Stats(), "two pages were found")
}

// Two visitors look at pages that are not there: even that is counted.
func TestScheduleTwoMisses(t *testing.T) {
	c := holding(2, "a", "b")
	var group sync.WaitGroup
	group.Go(func() { c.Get("y") })
	_, found := c.Get("z")
	group.Wait()
	assert.False(t, found, "z was never put")
	assert.Equal(t, []string{"b", "a"}, c.Keys(), "b was used last")
	assert.Equal(t, lrureadlock.Stats{Misses: 2}, c.Stats(), "two pages were asked for and not found, so Misses is 2")
}

// A visitor looks at a page while the dashboard shows the counts, and then lists all pages.
func TestScheduleGetAndKeys(t *testing.T) {
	c := holding(3, "a", "b", "c")
	if oracle.Random(t).IntN(2) == 0 {
		assert.Equal(t, []string{"c", "b", "a"}, c.Keys(), "c was used last") // a fix may keep them for the next call
	}
	var group sync.WaitGroup
	group.Go(func() { c.Get("b") })
	hits := c.Stats().Hits
	during := c.Keys()
	group.Wait()
	if hits > 0 {
		assert.Equal(t, []string{"b", "c", "a"}, during, "Stats counts that b was used, and the keys were listed after that")
	}
	assert.Contains(t, [][]string{{"c", "b", "a"}, {"b", "c", "a"}}, during, "c was used last. Then b was used, and meanwhile the keys were listed")
	assert.Equal(t, []string{"b", "c", "a"}, c.Keys(), "b was used last, and c before it")
}

// A visitor looks at two pages, of which one is there, while the dashboard shows the counts.
func TestScheduleGetAndStats(t *testing.T) {
	c := holding(1, "a", "b")
	var group sync.WaitGroup
	group.Go(func() {
		c.Get("b")
		c.Get("z")
	})
	during := c.Stats()
	group.Wait()
	all := lrureadlock.Stats{Evictions: 1, Hits: 1, Misses: 1}
	assert.Contains(t, []lrureadlock.Stats{{Evictions: 1}, {Evictions: 1, Hits: 1}, all}, during, "one page was evicted. Meanwhile one is found, and then one is not")
	assert.Equal(t, all, c.Stats(), "one page was evicted, one was found, and one was not")
}

// While one visitor looks at a page, another one looks at a second page, and then at the first.
func TestScheduleUsedAgain(t *testing.T) {
	c := holding(2, "a", "b")
	var group sync.WaitGroup
	group.Go(func() { c.Get("a") })
	c.Get("b")
	c.Get("a")
	group.Wait()
	assert.Equal(t, []string{"a", "b"}, c.Keys(), "a was used after b, whenever the other visitor looked at it")
}

// A visitor looks at the most recently used page, perhaps many times in a row already,
// while another one is used and counted.
func TestScheduleUseAndStats(t *testing.T) {
	c := holding(2, "b", "a")
	visits := int64(life.Crowd(oracle.Random(t), 300))
	for range visits {
		c.Get("a")
	}
	var group sync.WaitGroup
	group.Go(func() { c.Get("a") })
	c.Get("b")
	hits := c.Stats().Hits - visits
	group.Wait()
	if hits == 1 {
		assert.Equal(t, []string{"a", "b"}, c.Keys(), "b was used, then there was one hit, and then a was used")
	} else {
		assert.EqualValues(t, 2, hits, "b was used, and perhaps a")
		assert.Contains(t, [][]string{{"a", "b"}, {"b", "a"}}, c.Keys(), "a and b were used, in one order or the other")
	}
}

// A visitor looks at the oldest page while a new one comes into a full cache.
func TestScheduleGetAndPut(t *testing.T) {
	c := holding(2, "a", "b")
	if oracle.Random(t).IntN(2) == 0 {
		c.Keys() // a fix may keep them for the next call
	}
	var group sync.WaitGroup
	group.Go(func() { c.Put("c", &lrureadlock.Page{Body: "c"}) })
	page, found := c.Get("a")
	if c.Stats().Evictions > 0 {
		assert.Equal(t, "c", c.Keys()[0], "Stats counts what was evicted when c came, and the keys were listed after that")
	}
	group.Wait()
	list, stats := c.Keys(), c.Stats()
	if found {
		assert.Equal(t, "a", page.Body)
		assert.Contains(t, [][]string{{"c", "a"}}, list, "a was used before c came, so b was older than a")
		assert.Equal(t, lrureadlock.Stats{Hits: 1, Evictions: 1}, stats, "a was found, and b was evicted")
	} else {
		assert.Equal(t, []string{"c", "b"}, list, "a was not found: it was the oldest when c came")
		assert.Equal(t, lrureadlock.Stats{Misses: 1, Evictions: 1}, stats, "a was evicted, and then not found")
	}
}
