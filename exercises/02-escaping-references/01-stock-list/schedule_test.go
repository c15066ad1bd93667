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
