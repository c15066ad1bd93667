package crawlandwait_test

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/04-joining/01-crawl-and-wait"
)

// One page, no links.
func TestScheduleOnePage(t *testing.T) {
	pages := crawlandwait.Crawl("/", 1, func(string) ([]string, error) { return nil, nil })
	assert.Len(t, pages, 1, "the site has one page, and Crawl came back without it")
}

// A page, and a page that it links to.
func TestScheduleTwoPages(t *testing.T) {
	pages := crawlandwait.Crawl("/", 1, func(url string) ([]string, error) {
		if url == "/" {
			return []string{"/a"}, nil
		}
		return nil, nil
	})
	assert.Len(t, pages, 2, "the site has two pages, Crawl came back with %d", len(pages))
}

// Two pages are fetched at the same time, and one links to the other.
func TestScheduleSharedLink(t *testing.T) {
	links := map[string][]string{"/": {"/a", "/b"}, "/a": {"/b"}}
	var fetches atomic.Int64
	pages := crawlandwait.Crawl("/", 2, func(url string) ([]string, error) {
		fetches.Add(1)
		return links[url], nil
	})
	assert.Len(t, pages, 3, "the site has three pages, Crawl came back with %d", len(pages))
	assert.EqualValues(t, 3, fetches.Load(), "the site has three pages, each to be fetched once")
}
