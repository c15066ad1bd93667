package stocklist_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/02-escaping-references/01-stock-list"
)

// A scanner has looked up the lamp, adds pieces, and looks at the names. Meanwhile two
// articles arrive, one after the other.
func TestScheduleScanAndArrival(t *testing.T) {
	var list stocklist.List
	all := []string{"lamp"}
	for i := range rand.IntN(3) { // so that the list may or may not be full
		all = append(all, []string{"desk", "chair"}[i])
	}
	kept := len(all)
	for _, name := range []string{"shelf", "chest"} {
		all = append(all, name+strings.Repeat("x", rand.IntN(2)*rand.IntN(100)))
	}
	lamp := list.Article("lamp")
	for _, name := range all[1:kept] {
		list.Article(name)
	}
	var group sync.WaitGroup
	var names []string
	group.Go(func() {
		lamp.Add(1)
		lamp.Add(1)
		names = list.Names()
	})
	for _, name := range all[kept:] {
		list.Article(name)
	}
	group.Wait()
	assert.EqualValues(t, 2, list.Article("lamp").Pieces(), "2 lamps were added through a pointer that was returned before the shelf arrived")
	assert.EqualValues(t, 0, list.Article(all[kept]).Pieces(), "no shelf was added")
	assert.Equal(t, all, list.Names())
	if len(names) < kept || !slices.Equal(all[:len(names)], names) {
		assert.Fail(t, "wrong names", "the articles %q arrived in this order, the last two of them while Names was called. It returned %q", all, names)
	}
}

// Two scanners are the first to ask for a lamp, and then look at the names. There may be
// others already, and their names may have been looked at.
func TestScheduleTwoAddOneName(t *testing.T) {
	var list stocklist.List
	var names []string
	for i := range rand.IntN(3) {
		names = append(names, []string{"desk", "chair"}[i])
		list.Article(names[i])
	}
	if rand.IntN(2) == 0 {
		list.Names()
	}
	names = append(names, "lamp")
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			lamp := list.Article("lamp")
			assert.Equal(t, names, list.Names(), "Article has returned the lamp, so it is on the list")
			lamp.Add(1)
		})
	}
	group.Wait()
	assert.EqualValues(t, 2, list.Article("lamp").Pieces(), "2 lamps were added, each by a scanner that had looked up \"lamp\"")
	assert.Equal(t, names, list.Names())
}

// A scanner asks for a lamp. Meanwhile another one asks for one or two other articles and, before,
// between or after them, for a lamp, too.
func TestScheduleSameNameAmongOthers(t *testing.T) {
	var list stocklist.List
	var before []string
	for i := range rand.IntN(3) {
		before = append(before, []string{"desk", "chair"}[i])
		list.Article(before[i])
	}
	others := []string{"shelf", "chest"}[:1+rand.IntN(2)]
	others = slices.Insert(slices.Clone(others), rand.IntN(len(others)+1), "lamp")
	var group sync.WaitGroup
	var one *stocklist.Article
	group.Go(func() {
		one = list.Article("lamp")
		one.Add(1)
	})
	var other *stocklist.Article
	for _, name := range others {
		a := list.Article(name)
		a.Add(1)
		if name == "lamp" {
			other = a
		}
	}
	group.Wait()
	var possible [][]string // the first time that lamp is asked for counts
	for at := range slices.Index(others, "lamp") + 1 {
		possible = append(possible, slices.Concat(before, slices.Insert(slices.DeleteFunc(slices.Clone(others), isLamp), at, "lamp")))
	}
	assert.Contains(t, possible, list.Names(), "one goroutine asked for the lamp, another one for %q, one after the other. Each name is on the list once, where it was first asked for", others)
	now := []int64{one.Pieces(), other.Pieces(), list.Article("lamp").Pieces()}
	assert.Equal(t, []int64{2, 2, 2}, now, "2 lamps were added, one by each goroutine. Both have looked up \"lamp\" once, and now it is looked up again: all three pointers should point to one article with 2 pieces")
}

func isLamp(name string) bool { return name == "lamp" }
