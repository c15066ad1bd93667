package crawlandwait_test

import (
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
	pages := crawlandwait.Crawl("/", 1, func(string) ([]string, error) { return nil, gone })
	if assert.Len(t, pages, 1, "the site has one page, but Crawl returned none") {
		oracle.AssertWraps(t, pages[0].Err, gone, "the page could not be fetched")
	}
}

// One page that links to another.
func TestScheduleTwoPages(t *testing.T) {
	start, other := url(0), url(1)
	pages := crawlandwait.Crawl(start, 1, func(url string) ([]string, error) {
		if url == start {
			return []string{other}, nil
		}
		return nil, nil
	})
	assert.Equal(t, []string{start, other}, urls(pages), "the site has two pages, but Crawl returned %d", len(pages))
}
