// caught by: explore in TestScheduleTwoCrawls
// Wrong: Signal wakes one worker. If a page has two links, the second one waits
// although a worker sleeps, and at the end most workers are never told to exit.

// Package crawlandwait checks the links of a web site.
package crawlandwait

import (
	"slices"
	"strings"
	"sync"
)

// Fetch gets the page at url and returns the URLs that it links to.
type Fetch func(url string) (links []string, err error)

// Page is the result of one URL: Err is the error that Fetch returned for it.
type Page struct {
	URL string
	Err error
}

// Crawl fetches the page at start and all pages that can be reached from it by
// links, once each, and returns them in the order of their URLs. A page that
// cannot be fetched is included, with its error; its links are not followed.
//
// At most limit fetches run at the same time; limit is at least 1. While fewer
// run, no page that was found waits to be fetched.
//
// Crawl returns as soon as the last fetch has ended, and leaves no goroutine
// behind. It is safe for concurrent use.
func Crawl(start string, limit int, fetch Fetch) []Page {
	c := &crawl{fetch: fetch, todo: []string{start}, found: map[string]bool{start: true}}
	c.more = sync.NewCond(&c.mu)
	var group sync.WaitGroup
	for range limit {
		group.Go(c.work)
	}
	group.Wait()
	slices.SortFunc(c.pages, func(a, b Page) int { return strings.Compare(a.URL, b.URL) })
	return c.pages
}

// crawl is the state of one Crawl.
type crawl struct {
	fetch Fetch

	mu    sync.Mutex
	more  *sync.Cond
	todo  []string
	out   int // pages being fetched
	found map[string]bool
	pages []Page
}

// work fetches page after page, until none is left and none can be found.
func (c *crawl) work() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		for len(c.todo) == 0 && c.out > 0 {
			c.more.Wait()
		}
		if len(c.todo) == 0 {
			return
		}
		url := c.todo[0]
		c.todo = c.todo[1:]
		c.out++
		c.mu.Unlock()
		links, err := c.fetch(url)
		c.mu.Lock()
		c.out--
		c.pages = append(c.pages, Page{URL: url, Err: err})
		if err == nil {
			for _, link := range links {
				if !c.found[link] {
					c.found[link] = true
					c.todo = append(c.todo, link)
				}
			}
		}
		c.more.Signal()
	}
}
