package crawlandwait_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/04-joining/01-crawl-and-wait"
	"heisenkata/exercises/internal/oracle"
)

// urls returns the URLs of pages.
func urls(pages []crawlandwait.Page) (all []string) {
	for _, p := range pages {
		all = append(all, p.URL)
	}
	return all
}

// One page, no links, and it is dead.
func TestScheduleOnePage(t *testing.T) {
	gone := oracle.Sentinel("gone")
	pages := crawlandwait.Crawl("/", 1, func(string) ([]string, error) { return nil, gone })
	if assert.Len(t, pages, 1, "the site has one page, and Crawl came back without it") {
		oracle.AssertWraps(t, pages[0].Err, gone, "the page could not be fetched")
	}
}

// A page, and a page that it links to.
func TestScheduleTwoPages(t *testing.T) {
	start, other := url(0), url(1)
	pages := crawlandwait.Crawl(start, 1, func(url string) ([]string, error) {
		if url == start {
			return []string{other}, nil
		}
		return nil, nil
	})
	assert.Equal(t, []string{start, other}, urls(pages), "the site has two pages, Crawl came back with %d", len(pages))
}
