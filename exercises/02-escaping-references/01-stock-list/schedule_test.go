package stocklist_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/02-escaping-references/01-stock-list"
)

// A scanner has looked up the lamp and adds pieces. A new article arrives.
func TestScheduleScanAndArrival(t *testing.T) {
	var list stocklist.List
	lamp := list.Article("lamp")
	for i := range rand.IntN(3) { // so that the list may or may not be full
		list.Article([]string{"desk", "chair"}[i])
	}
	var group sync.WaitGroup
	group.Go(func() {
		lamp.Add(1)
		lamp.Add(1)
	})
	list.Article("shelf")
	group.Wait()
	assert.EqualValues(t, 2, list.Article("lamp").Pieces(), "2 lamps were added through a pointer that was returned before the shelf arrived")
	assert.EqualValues(t, 0, list.Article("shelf").Pieces(), "no shelf was added")
}

// Two scanners are the first to ask for a lamp, and then look at the names.
func TestScheduleTwoAddOneName(t *testing.T) {
	var list stocklist.List
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			lamp := list.Article("lamp")
			assert.Equal(t, []string{"lamp"}, list.Names(), "Article has returned the lamp, so it is on the list")
			lamp.Add(1)
		})
	}
	group.Wait()
	assert.EqualValues(t, 2, list.Article("lamp").Pieces(), "2 lamps were added, each by a scanner that had looked up \"lamp\"")
	assert.Equal(t, []string{"lamp"}, list.Names())
}
