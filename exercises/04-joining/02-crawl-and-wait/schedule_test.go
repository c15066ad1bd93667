package crawlandwait_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/04-joining/02-crawl-and-wait"
	"heisenkata/exercises/internal/oracle"
)

// urls returns the URLs of pages.
func urls(pages []crawlandwait.Page) (all []string) {
	for _, p := range pages {
		all = append(all, p.URL)
	}
	return all
}

// One page without links, and it is dead.
func TestScheduleOnePage(t *testing.T) {
	gone := oracle.Sentinel("gone")
	var fetched atomic.Int64
	pages := crawlandwait.Crawl("/", 1, func(string) ([]string, error) {
		fetched.Add(1)
		return nil, gone
	})
	assert.EqualValues(t, 1, fetched.Load(), "the site has one page, and this is how often it was fetched")
	if assert.Len(t, pages, 1, "the site has one page, but Crawl returned none") {
		oracle.AssertWraps(t, pages[0].Err, gone, "the page could not be fetched")
	}
}

// Two pages with the same links, a few or a long list, which lead back to the two.
func TestScheduleTwoLists(t *testing.T) {
	var links []string
	for i := range []int{1, 13 + rand.IntN(40)}[rand.IntN(2)] {
		links = append(links, fmt.Sprintf("/list/%02d", i))
	}
	site := map[string][]string{"": {"/a", "/b"}, "/a": append([]string{"/b"}, links...), "/b": append([]string{"/a"}, links...)}
	var mu sync.Mutex
	fetched := map[string]int{}
	pages := crawlandwait.Crawl("", 2, func(url string) ([]string, error) {
		mu.Lock()
		defer mu.Unlock()
		fetched[url]++
		return site[url], nil
	})
	want := append([]string{"", "/a", "/b"}, links...)
	assert.Equal(t, want, urls(pages), "two pages with the same %d links", len(links))
	mu.Lock()
	defer mu.Unlock()
	for url, times := range fetched {
		assert.Equal(t, 1, times, "%q was fetched %d times: two pages link to it, and each took it for new", url, times)
	}
}

// One page that links to another.
func TestScheduleTwoPages(t *testing.T) {
	start, other := url(0), url(1)
	var fetched atomic.Int64
	pages := crawlandwait.Crawl(start, 1, func(url string) ([]string, error) {
		fetched.Add(1)
		if url == start {
			return []string{other}, nil
		}
		return nil, nil
	})
	assert.EqualValues(t, 2, fetched.Load(), "the site has two pages, and this is how often they were fetched")
	assert.Equal(t, []string{start, other}, urls(pages), "the site has two pages, but Crawl returned %d", len(pages))
}

// Some fetches end at the same time, and one of the pages leads to as many pages as may be fetched at
// a time. These have been found, and nothing else runs: the fetch of each returns when all have begun.
func TestSchedulePagesMeet(t *testing.T) {
	limit := 2 + rand.IntN(2)
	site := map[string][]string{}
	for i := range 1 + rand.IntN(limit) {
		site["/"] = append(site["/"], fmt.Sprintf("/list/%d", i))
	}
	list := site["/"][rand.IntN(len(site["/"]))]
	for i := range limit {
		site[list] = append(site[list], fmt.Sprintf("/page/%d", i))
	}
	all := oracle.NewMeeting(limit)
	var pages []crawlandwait.Page
	oracle.Within(t, func() {
		pages = crawlandwait.Crawl("/", limit, func(url string) ([]string, error) {
			if slices.Contains(site[list], url) {
				all.Arrive()
			}
			return site[url], nil
		})
	}, fmt.Sprintf("%d pages were found, no other fetch is running, and the limit allows all of them, but one of the pages waits for the fetch of another", limit))
	assert.Equal(t, slices.Concat([]string{"/"}, site["/"], site[list]), urls(pages))
}
