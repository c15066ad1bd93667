// caught by: tests in TestSlowPageHoldsNobodyUp
// Wrong: a group for each depth of the site is easily counted. But all pages of a depth
// wait for the slowest of the one above, and the slots are idle.

// Package crawlandwait checks the links of a web site.
package crawlandwait

import (
	"slices"
	"strings"
	"sync"
)

// Fetch gets the page at url and returns the URLs that it links to.
type Fetch func(url string) (links []string, err error)

// Page is what came of one URL: Err is what Fetch returned for it.
type Page struct {
	URL string
	Err error
}

// Crawl fetches the page at start and all pages that links lead to from there,
// each of them once, and returns them in the order of their URLs. A page that
// cannot be fetched is among them, with its error; its links are not followed.
//
// At most limit fetches run at the same time, 1 or more. As long as fewer run,
// no page that has been found waits to be fetched.
//
// Crawl returns when the last fetch has ended, with no delay of its own. It
// leaves no goroutine behind. Any number of crawls may run at the same time.
func Crawl(start string, limit int, fetch Fetch) []Page {
	c := &crawl{
		fetch: fetch,
		slots: make(chan struct{}, limit),
		found: map[string]bool{start: true},
		next:  []string{start},
	}
	for len(c.next) > 0 {
		wave := c.next
		c.next = nil
		var group sync.WaitGroup
		for _, url := range wave {
			group.Go(func() { c.visit(url) })
		}
		group.Wait()
	}

	slices.SortFunc(c.pages, func(a, b Page) int { return strings.Compare(a.URL, b.URL) })
	return c.pages
}

// crawl is the state of one Crawl.
type crawl struct {
	fetch Fetch
	slots chan struct{} // holds one token for each page that is being visited

	mu    sync.Mutex
	found map[string]bool
	next  []string // the next wave
	pages []Page
}

// visit fetches the page at url, and notes what it links to.
func (c *crawl) visit(url string) {
	c.slots <- struct{}{}
	defer func() { <-c.slots }()

	links, err := c.fetch(url)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pages = append(c.pages, Page{URL: url, Err: err})
	if err != nil {
		return
	}
	for _, link := range links {
		if !c.found[link] {
			c.found[link] = true
			c.next = append(c.next, link)
		}
	}
}
