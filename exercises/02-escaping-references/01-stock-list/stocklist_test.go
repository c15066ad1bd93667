package stocklist_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/02-escaping-references/01-stock-list"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// someNames returns n different names, in any order. Some differ only in a letter's
// case, in a space or in a byte that is no text, some have the same hash, and one may be empty.
func someNames(r *rand.Rand, n int) []string {
	names := []string{
		"costarring", "liquid", "declinate", "macallums", "creamwove", "quists", "Aa", "BB", "hetairas", "mentioner",
		"plumless", "buckeroo", "abc", "cba", "",
	}
	if r.IntN(2) == 0 || n < len(names) {
		names = nil
	}
	for i := 0; len(names) < n; i++ {
		separator := strings.ReplaceAll(life.Separators[r.IntN(len(life.Separators)):][:1], "%", "%%")
		for _, kind := range []string{"%d lamp", "%d Lamp", "%d lamp ", "%d lamp\n", "%d lamp\noak", "%d\xff", "%d\xfe", "%d\x00", "%d" + separator + "oak", "%070d"} {
			names = append(names, fmt.Sprintf(kind, i))
		}
	}
	names = names[:n]
	r.Shuffle(n, func(i, k int) { names[i], names[k] = names[k], names[i] })
	return names
}

// somePieces are few or many, positive or negative.
func somePieces(r *rand.Rand) int64 {
	n := int64(life.Size(r, 1<<58))
	if n > 1<<40 {
		n += r.Int64N(1 << 20) // Size has the precision of a float
	}
	if r.IntN(3) == 0 {
		return -n
	}
	return n
}

func TestOneArticle(t *testing.T) {
	random := oracle.Random(t)
	var list stocklist.List
	name := someNames(random, 1)[0]
	var want int64
	for range 20 {
		assert.Equal(t, want, list.Article(name).Pieces(), "%q is the only article", name)
		n := somePieces(random)
		want += n
		assert.Equal(t, want, list.Article(name).Add(n), "Add(%d) returns how many pieces there are now", n)
	}
	assert.Equal(t, want, list.Article(name).Add(0), "Add(0) adds nothing")
	assert.Equal(t, []string{name}, list.Names())
	for i, n := range []int64{math.MaxInt64, math.MinInt64, math.MaxInt64 - random.Int64N(1000), 1<<62 + random.Int64N(1000)} {
		a := list.Article(fmt.Sprint(name, i))
		assert.Equal(t, n, a.Add(n), "an article is new, and this many pieces are added")
		assert.Equal(t, n, a.Pieces(), "an article is new, and this many pieces were added")
	}
}

func TestNamesAreInOrder(t *testing.T) {
	random := oracle.Random(t)
	var list stocklist.List
	assert.Empty(t, list.Names(), "the zero List has no articles")
	names := someNames(random, 30+random.IntN(30))
	for _, twin := range life.Twins(random) {
		if !slices.Contains(names, twin) {
			names = append(names, twin)
		}
	}
	for i, name := range names {
		list.Article(name)
		list.Article(names[random.IntN(i+1)]) // is there already
		got := list.Names()
		assertNames(t, names[:i+1], got)
		for k := range got {
			got[k] = "overwritten by a caller"
		}
		got = append(got[:0], "appended by a caller")
		_ = got
	}
	assert.True(t, slices.Equal(names, list.Names()), "a caller has written to what Names returned: the list must have its own")

	many := life.Size(random, 300)
	if oracle.Large(t) {
		many = oracle.Many()
	}
	assertOwnNames(t, someNames(random, many))
}

// assertOwnNames fails t unless each call of Names returns a slice of its own, however many
// articles there are: more and more, up to these.
func assertOwnNames(t *testing.T, names []string) {
	t.Helper()
	var list stocklist.List
	next := 1
	for i, name := range names {
		list.Article(name)
		if i+1 < next && i+1 < len(names) {
			continue
		}
		next += 1 + next/2
		mine, yours := list.Names(), list.Names()
		for k := range mine {
			mine[k] = "overwritten by a caller"
		}
		_ = append(mine, "appended by a caller")
		if now := list.Names(); !slices.Equal(names[:i+1], yours) || !slices.Equal(names[:i+1], now) {
			require.Fail(t, "wrong names", "there are %d articles. A caller has written to what Names returned, and another one sees that: each must have its own", i+1)
		}
	}
}

// assertNames fails t unless Names has returned these, some of which may be long.
func assertNames(t *testing.T, want, got []string) {
	t.Helper()
	require.Equal(t, len(want), len(got), "Names returns each name once, in the order in which they came. Names that differ in one byte are different")
	for i, name := range want {
		if got[i] != name {
			require.Fail(t, "wrong name", "number %d of %d articles should be %s, and is %s", i+1, len(want), life.Quoted(name), life.Quoted(got[i]))
		}
	}
}

func TestListsAreIndependent(t *testing.T) {
	var here, there stocklist.List
	here.Article("lamp").Add(3)
	assert.Empty(t, there.Names(), "an article was added to another list")
	there.Article("lamp").Add(5)
	assert.EqualValues(t, 3, here.Article("lamp").Pieces(), "pieces were added on another list")
	assert.EqualValues(t, 5, there.Article("lamp").Pieces(), "pieces were added on another list")
}

// Articles are kept, as scanners keep them, while more and more arrive.
func TestPiecesStayWhenArticlesArrive(t *testing.T) {
	random := oracle.Random(t)
	sizes := []int{2, 3 + random.IntN(5), 20 + random.IntN(60)}
	var long []string
	if oracle.Large(t) {
		long = life.LongTwins(5000)
		sizes = append(sizes, 257+random.IntN(100), oracle.Many())
	}
	for _, many := range sizes {
		var list stocklist.List
		names := someNames(random, many)
		if many > 100 && len(long) > 0 { // one of the large lists has long names
			copy(names, long)
			long = nil
		}
		kept, want := make([]*stocklist.Article, many), make([]int64, many)
		for i, name := range names {
			kept[i] = list.Article(name)
			for range 2 { // through a pointer that was returned when there were fewer articles
				k := random.IntN(i + 1)
				n := somePieces(random)
				want[k] += n
				require.Equal(t, want[k], kept[k].Add(n), "Add returns how many pieces there are now")
			}
		}
		assertNames(t, names, list.Names())
		for i, name := range names {
			require.Equal(t, want[i], list.Article(name).Pieces(),
				"%s is number %d of %d articles. A scanner that had looked it up before the last ones arrived added pieces: the list does not have them", life.Quoted(name), i+1, many)
			list.Article(name).Add(1)
			require.Equal(t, want[i]+1, kept[i].Pieces(),
				"a piece of %s was added through the list, and a scanner that had looked it up before does not see it", life.Quoted(name))
		}
	}
}

// Scanners add pieces while articles arrive.
func TestScanWhileArticlesArrive(t *testing.T) {
	random := oracle.Random(t)
	const scanners = 3
	sizes := []int{0, 0, life.Size(random, 300)} // articles that are there before
	if oracle.Large(t) {
		sizes = append(sizes, make([]int, 16)...) // in some rounds the scanners are done before an article arrives
		sizes = append(sizes, oracle.Many())
		for range 100 {
			assertOneOrder(t, random, life.Size(random, 1000))
		}
		for _, limit := range life.Limits(10_000) {
			for range 5 { // they meet the limit together
				assertOneOrder(t, random, max(0, limit-random.IntN(60)))
			}
		}
	}
	for _, before := range sizes {
		assertOneOrder(t, random, before)
		var list stocklist.List
		there := before + scanners
		names := someNames(random, there+20+random.IntN(40))
		for _, name := range names[scanners:there] {
			list.Article(name)
		}
		names = slices.Concat(names[scanners:there], names[:scanners], names[there:])
		kept := make([]*stocklist.Article, scanners)
		for i := range kept {
			kept[i] = list.Article(names[before+i])
		}
		scans := 100 + random.IntN(100)
		oracle.Within(t, func() {
			oracle.Together(scanners+1, func(i int) {
				if i == scanners {
					for i, name := range names[there:] {
						list.Article(name).Add(1)
						if got := list.Names(); !assert.Equal(t, names[:there+i+1], got) {
							return
						}
					}
					return
				}
				for n := range scans {
					kept[i].Add(1)
					kept[(i+1)%scanners].Add(-1)
					list.Article(names[before+i]).Add(1)
					kept[(i+1)%scanners].Pieces()
					if n%16 > 0 {
						continue
					}
					if got := list.Names(); !slices.Equal(names[:len(got)], got) {
						assert.Fail(t, "wrong names", "articles arrive in the order %q, and the names are %q", names, got)
						return
					}
				}
			})
		}, "pieces are added while articles arrive, and a call hangs. Which lock does it wait for, and which goroutine could release it?")
		assert.Equal(t, names, list.Names())
		for i, name := range names[before:] {
			want := int64(1)
			if i < scanners {
				want = int64(scans)
			}
			require.Equal(t, want, list.Article(name).Pieces(), "pieces of %q were added and taken away while articles arrived: the sum is wrong", name)
		}
	}
}

// assertOneOrder fails t unless there is one order in which articles arrive, if two
// goroutines add them at once to a list that has some already: whatever Names returned is a
// prefix of the names at the end.
func assertOneOrder(t *testing.T, random *rand.Rand, before int) {
	t.Helper()
	var list stocklist.List
	each := 20 + random.IntN(20)
	names := someNames(random, before+3*each)
	for _, name := range names[:before] {
		list.Article(name)
	}
	var seen [2][][]string
	oracle.Within(t, func() {
		oracle.Together(2, func(i int) {
			for k, mine := range names[before : before+each] {
				list.Article(names[before+each+2*k+i])
				list.Article(mine) // both add it
				got := list.Names()
				if len(got) < before+2*k+2 || !slices.Contains(got[before:], mine) {
					assert.Fail(t, "an article is missing", "Article has returned %q, and Names does not have it", mine)
				}
				seen[i] = append(seen[i], got)
			}
		})
	}, "articles arrive, and a call hangs. Which lock does it wait for, and which goroutine could release it?")
	all := list.Names()
	require.Equal(t, len(names), len(all), "Names has %d articles, but %d were added, every third by both goroutines", len(all), len(names))
	for _, got := range slices.Concat(seen[0], seen[1]) {
		if !slices.Equal(all[:len(got)], got) {
			require.Fail(t, "the order has changed", "two goroutines add articles to a list of %d. Then Names said %q, and in the end %q", before, got[before:], all[before:])
		}
	}
}

// A list with few articles allocates what these need, not room for thousands.
func TestSmallListIsSmall(t *testing.T) {
	const fixed, each = 32 << 10, 1 << 10 // bytes, and far more than is needed
	for _, many := range []int{1, 2 + rand.IntN(20)} {
		names := someNames(oracle.Random(t), many)
		least := uint64(1 << 62)
		for range 5 { // another goroutine may allocate something, too
			var list stocklist.List
			before := allocated()
			for _, name := range names {
				list.Article(name)
			}
			least = min(least, allocated()-before)
			runtime.KeepAlive(&list)
		}
		assert.Less(t, least, uint64(fixed+many*each),
			"a list with %d articles has allocated %d bytes: room for more articles than may ever arrive, and too little once it is full", many, least)
	}
	if oracle.Large(t) {
		assertGrowsSlowly(t, someNames(oracle.Random(t), 1000))
	}
}

// assertGrowsSlowly fails t if a list reserves memory for thousands of articles when it has
// tens or hundreds.
func assertGrowsSlowly(t *testing.T, names []string) {
	t.Helper()
	const fixed, each = 32 << 10, 1 << 9 // bytes, and more than is needed even if as many have room as there are
	var list stocklist.List
	var kept int64
	for many, more := 0, 1; many+more <= len(names); more = 1 + many/4 {
		kept += oracle.Kept(func() {
			for range more {
				list.Article(names[many])
				many++
			}
		})
		require.Less(t, kept, int64(fixed+many*each), "a list with %d articles has so many bytes in use: it has reserved room for thousands that have not arrived", many)
	}
	runtime.KeepAlive(&list)
}

// allocated returns how many bytes have been allocated so far.
func allocated() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.TotalAlloc
}
