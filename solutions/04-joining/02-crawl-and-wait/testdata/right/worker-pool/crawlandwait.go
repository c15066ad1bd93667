// Right: a fixed number of workers, and a list that grows as needed. A worker exits
// when the list is empty and no fetch is running that could add to it.

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
	c := &crawl{fetch: fetch, found: map[string]bool{start: true}, todo: []string{start}}
	c.changed.L = &c.mu
	var workers sync.WaitGroup
	for range limit {
		workers.Go(c.work)
	}
	workers.Wait()

	slices.SortFunc(c.pages, func(a, b Page) int { return strings.Compare(a.URL, b.URL) })
	return c.pages
}

// crawl is the state of one Crawl.
type crawl struct {
	fetch Fetch

	mu      sync.Mutex
	changed sync.Cond // todo or busy has changed
	found   map[string]bool
	todo    []string
	busy    int // number of workers that are fetching
	pages   []Page
}

// work fetches page after page, until none is left and none can be found any more.
func (c *crawl) work() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		for len(c.todo) == 0 && c.busy > 0 {
			c.changed.Wait()
		}
		if len(c.todo) == 0 {
			return
		}
		url := c.todo[0]
		c.todo = c.todo[1:]
		c.busy++
		c.mu.Unlock()
		links, err := c.fetch(url)
		c.mu.Lock()
		c.busy--
		c.pages = append(c.pages, Page{URL: url, Err: err})
		if err == nil {
			c.add(links)
		}
		c.changed.Broadcast()
	}
}

// add puts the links on the list that were not found before.
func (c *crawl) add(links []string) {
	for _, link := range links {
		if !c.found[link] {
			c.found[link] = true
			c.todo = append(c.todo, link)
		}
	}
}
