package stocklist_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/02-escaping-references/01-stock-list"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// someNames returns n different names, in any order. Some differ only in a letter's
// case, in a space or in a byte that is no text, some have the same FNV hash, and one may be empty.
func someNames(r *rand.Rand, n int) []string {
	names := []string{"costarring", "liquid", "declinate", "macallums", "creamwove", "quists", ""}
	if r.IntN(2) == 0 || n < len(names) {
		names = nil
	}
	for i := 0; len(names) < n; i++ {
		for _, kind := range []string{"%d lamp", "%d Lamp", "%d lamp ", "%d lamp\n", "%d lamp\noak", "%d\xff", "%d\xfe", "%d\x00"} {
			names = append(names, fmt.Sprintf(kind, i))
		}
	}
	names = names[:n]
	r.Shuffle(n, func(i, k int) { names[i], names[k] = names[k], names[i] })
	return names
}

// somePieces are few or many, more or less than none.
func somePieces(r *rand.Rand) int64 {
	n := int64(life.Size(r, 1<<50))
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
}

func TestNamesAreInOrder(t *testing.T) {
	random := oracle.Random(t)
	var list stocklist.List
	assert.Empty(t, list.Names(), "the zero List has no articles")
	names := someNames(random, 30+random.IntN(30))
	for i, name := range names {
		list.Article(name)
		list.Article(names[random.IntN(i+1)]) // is there already
		got := list.Names()
		require.Equal(t, names[:i+1], got, "Names returns each name once, in the order in which they came")
		for k := range got {
			got[k] = "overwritten by a caller"
		}
		got = append(got[:0], "appended by a caller")
		_ = got
	}
	assert.Equal(t, names, list.Names(), "a caller has written to what Names returned: the list must have its own")
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
	if oracle.Large(t) {
		sizes = append(sizes, 257+random.IntN(100), oracle.Many())
	}
	for _, many := range sizes {
		var list stocklist.List
		names := someNames(random, many)
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
		assert.Equal(t, names, list.Names())
		for i, name := range names {
			require.Equal(t, want[i], list.Article(name).Pieces(),
				"%q is number %d of %d articles. A scanner that had looked it up before the last ones arrived added pieces: the list does not have them", name, i+1, many)
			list.Article(name).Add(1)
			require.Equal(t, want[i]+1, kept[i].Pieces(),
				"a piece of %q was added through the list, and a scanner that had looked it up before does not see it", name)
		}
	}
}

// Scanners add pieces while articles arrive.
func TestScanWhileArticlesArrive(t *testing.T) {
	random := oracle.Random(t)
	const scanners = 3
	for range 3 {
		var list stocklist.List
		names := someNames(random, scanners+20+random.IntN(40))
		kept := make([]*stocklist.Article, scanners)
		for i := range kept {
			kept[i] = list.Article(names[i])
		}
		scans := 100 + random.IntN(100)
		oracle.Within(t, func() {
			oracle.Together(scanners+1, func(i int) {
				if i == scanners {
					for i, name := range names[scanners:] {
						list.Article(name).Add(1)
						if got := list.Names(); !assert.Equal(t, names[:scanners+i+1], got) {
							return
						}
					}
					return
				}
				for n := range scans {
					kept[i].Add(1)
					kept[(i+1)%scanners].Add(-1)
					list.Article(names[i]).Add(1)
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
		for i, name := range names {
			want := int64(1)
			if i < scanners {
				want = int64(scans)
			}
			require.Equal(t, want, list.Article(name).Pieces(), "pieces of %q were added and taken away while articles arrived: the sum is wrong", name)
		}
	}
}

// A list with few articles allocates what these need, and not room for thousands.
func TestSmallListIsSmall(t *testing.T) {
	const fixed, each = 64 << 10, 1 << 10 // bytes, and far more than is needed
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
}

// allocated returns how many bytes have been allocated so far.
func allocated() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.TotalAlloc
}
