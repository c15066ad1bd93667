package lrureadlock_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/01-shared-state/04-lru-read-lock"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// A twin is a cache, and what it should contain.
type twin struct {
	*lrureadlock.Cache
	capacity int
	pages    map[string]*lrureadlock.Page
	used     map[string]int // by key: how many uses there were before its last one
	uses     int
	stats    lrureadlock.Stats
}

func newTwin(capacity int) *twin {
	return &twin{Cache: lrureadlock.New(capacity), capacity: capacity, pages: map[string]*lrureadlock.Page{}, used: map[string]int{}}
}

func (w *twin) use(key string) {
	w.used[key] = w.uses
	w.uses++
}

func (w *twin) put(key string, page *lrureadlock.Page) {
	w.Put(key, page)
	w.pages[key] = page
	w.use(key)
	if len(w.pages) <= w.capacity {
		return
	}
	oldest := key
	for other, use := range w.used {
		if use < w.used[oldest] {
			oldest = other
		}
	}
	delete(w.pages, oldest)
	delete(w.used, oldest)
	w.stats.Evictions++
}

func (w *twin) get(t *testing.T, key string) {
	want, stored := w.pages[key]
	if stored {
		w.stats.Hits++
		w.use(key)
	} else {
		w.stats.Misses++
	}
	page, found := w.Get(key)
	if found != stored || page != want { // require is slow
		require.Equal(t, stored, found, "whether there is a page under %s, in a cache of %d, after %d uses", life.Quoted(key), w.capacity, w.uses)
		require.Same(t, want, page, "the page under %s: the same pointer that was put", life.Quoted(key))
	}
}

// assertSame fails t unless the cache contains what it should, in the right order.
func (w *twin) assertSame(t *testing.T) {
	t.Helper()
	list := make([]string, 0, len(w.pages))
	for key := range w.pages {
		list = append(list, key)
	}
	slices.SortFunc(list, func(a, b string) int { return w.used[b] - w.used[a] })
	if got := w.Keys(); !slices.Equal(list, got) {
		from := 0 // what is alike in a large cache is left out
		for from < min(len(list), len(got)) && list[from] == got[from] {
			from++
		}
		assert.Equal(t, quoted(list[from:min(from+20, len(list))]), quoted(got[from:min(from+20, len(got))]))
		require.Fail(t, "wrong keys", "the keys of a cache of %d after %d uses, the one that was used last is first", w.capacity, w.uses)
	}
	require.Equal(t, w.stats, w.Stats(), "what a cache of %d has done", w.capacity)
}

// quoted are keys as messages show them.
func quoted(keys []string) (quoted []string) {
	for _, key := range keys {
		quoted = append(quoted, life.Quoted(key))
	}
	return quoted
}

// The least recently used page goes, whatever the capacity.
func TestLeastRecentlyUsedGoes(t *testing.T) {
	random := oracle.Random(t)
	capacities := []int{1, 2, 3 + random.IntN(7), 20 + random.IntN(60)}
	for _, capacity := range capacities {
		w := newTwin(capacity)
		for range 5 * capacity {
			key := fmt.Sprint(random.IntN(2 * capacity))
			switch random.IntN(5) {
			case 0, 1:
				w.put(key, &lrureadlock.Page{Body: key})
			case 2, 3:
				w.get(t, key)
			default:
				w.assertSame(t)
			}
		}
		w.assertSame(t)
	}
	if oracle.Large(t) {
		assertLargeCache(t, random, oracle.Many())
		assertManyGets(t, random, oracle.Often())
		assertUpToDate(t, random)
		assertCountsFar(t, oracle.Far())
	}
}

// assertLargeCache fills a cache, uses some of its pages, and has others evicted.
func assertLargeCache(t *testing.T, random *rand.Rand, capacity int) {
	t.Helper()
	w := newTwin(capacity)
	for i := range capacity {
		w.put(fmt.Sprint(i), &lrureadlock.Page{})
	}
	w.assertSame(t)
	for range 300 {
		w.get(t, fmt.Sprint(random.IntN(capacity)))
	}
	w.assertSame(t)
	for i := range 300 {
		w.put(fmt.Sprint(-1-i), &lrureadlock.Page{})
	}
	w.assertSame(t)
}

// assertManyGets uses pages many times between two evictions: whatever a fix notes down
// for later, it has to have room for all.
func assertManyGets(t *testing.T, random *rand.Rand, gets int) {
	t.Helper()
	capacity := 20 + random.IntN(20)
	w := newTwin(capacity)
	for range 2 {
		for range 2 * capacity {
			w.put(fmt.Sprint(random.Int()), &lrureadlock.Page{})
		}
		list := w.Keys()
		for range gets + random.IntN(100) {
			w.get(t, list[random.IntN(capacity)])
		}
		for i := range gets + random.IntN(100) {
			w.get(t, fmt.Sprint("missing ", i%7))
		}
		for range capacity / 2 {
			w.put(fmt.Sprint(random.Int()), &lrureadlock.Page{})
		}
		w.assertSame(t)
	}
}

// assertCountsFar fails t if the cache loses count.
func assertCountsFar(t *testing.T, calls int) {
	t.Helper()
	c := lrureadlock.New(1)
	c.Put("there", nil)
	for range calls {
		c.Get("there")
	}
	for range calls {
		c.Get("missing")
	}
	require.Equal(t, lrureadlock.Stats{Hits: int64(calls), Misses: int64(calls)}, c.Stats(), "what a cache has done")
}

// assertUpToDate looks at everything, makes an exact number of calls, and looks again: if a fix
// compares a counter to see whether anything has changed, that counter may have wrapped around.
func assertUpToDate(t *testing.T, random *rand.Rand) {
	t.Helper()
	list := []string{"a", "b", "c", "d"}
	changes := []func(w *twin, i int){
		func(w *twin, i int) { w.get(t, list[i%2]) },
		func(w *twin, i int) { w.get(t, "missing") },
		func(w *twin, i int) { w.put(list[i%2], nil) },
		func(w *twin, i int) { w.put("new "+list[i%2], nil) },
	}
	for _, n := range oracle.Exactly() {
		for range 2 {
			w := newTwin(len(list))
			for _, key := range list {
				w.put(key, nil)
			}
			w.assertSame(t)
			change := changes[random.IntN(len(changes))]
			for i := range n - 1 {
				change(w, i)
			}
			changes[random.IntN(2)*2](w, 1) // b was not used last
			w.assertSame(t)
		}
	}
}

// Any string is a key, and any pointer a page.
func TestAnyKeyAndPage(t *testing.T) {
	random := oracle.Random(t)
	all := append(life.Twins(random), life.AnyText(random))
	if oracle.Large(t) {
		all = append(all, life.LongTwins(10*oracle.Many())...)
	}
	random.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	w := newTwin(len(all) - 2 - random.IntN(3))
	same := &lrureadlock.Page{Body: "everywhere"}
	for range 3 {
		for _, key := range all {
			w.get(t, key)
			w.put(key, []*lrureadlock.Page{nil, same, {Body: "equal"}, {Body: key}}[random.IntN(4)])
			w.get(t, key)
		}
		w.assertSame(t)
	}
	body := same.Body
	assert.Equal(t, "everywhere", body, "a page belongs to those that made it: the cache does not change it")
}

// What Keys returns belongs to the caller.
func TestKeysBelongToTheCaller(t *testing.T) {
	random := oracle.Random(t)
	many := 2 + random.IntN(20)
	w := newTwin(many)
	for i := range many {
		w.put(fmt.Sprint(i), &lrureadlock.Page{})
	}
	before := w.Keys()
	kept := slices.Clone(before)
	spoil(w.Keys())
	w.assertSame(t)
	w.get(t, "0")
	w.put("another", nil)
	w.assertSame(t)
	assert.Equal(t, kept, before, "what Keys had returned was changed by later calls")
	spoil(before)
	w.assertSame(t)
}

// Caches do not share pages, capacities or counts.
func TestCachesAreIndependent(t *testing.T) {
	random := oracle.Random(t)
	many := life.Size(random, 100)
	if oracle.Large(t) {
		many = oracle.Many()
	}
	all := make([]*twin, many)
	for i := range all {
		all[i] = newTwin(1 + random.IntN(3))
	}
	for range 3 {
		for _, w := range all {
			w.put([]string{"a", "b", "c", "d"}[random.IntN(4)], &lrureadlock.Page{})
			w.get(t, []string{"a", "b", "c", "d"}[random.IntN(4)])
		}
	}
	for _, w := range all {
		w.assertSame(t)
	}
}
