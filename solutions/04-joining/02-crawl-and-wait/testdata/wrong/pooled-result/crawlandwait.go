// caught by: tests in TestManyAtATime
// Wrong: the pages of a large crawl go into a pool, and the next large crawl overwrites them.

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
// links, once each, and returns them in the order of their URLs.
func Crawl(start string, limit int, fetch Fetch) []Page {
	c, _ := large.Get().(*crawl)
	if c == nil {
		c = &crawl{found: map[string]bool{}}
	}
	c.fetch, c.slots, c.found[start] = fetch, make(chan struct{}, limit), true
	c.group.Go(func() { c.visit(start) })
	c.group.Wait()

	pages := c.pages
	slices.SortFunc(pages, func(a, b Page) int { return strings.Compare(a.URL, b.URL) })
	if len(pages) > 4000 { // a site like this will be crawled again
		clear(c.found)
		c.fetch, c.slots, c.pages = nil, nil, pages[:0]
		large.Put(c)
	}
	return pages
}

// large keeps the maps and lists of large crawls for the next ones.
var large sync.Pool

// crawl is the state of one Crawl.
type crawl struct {
	fetch Fetch
	slots chan struct{} // holds one token per page that is being visited
	group sync.WaitGroup

	mu    sync.Mutex
	found map[string]bool
	pages []Page
}

// visit fetches the page at url, and starts visits of the pages it links to.
func (c *crawl) visit(url string) {
	c.slots <- struct{}{}
	links, err := c.fetch(url)
	<-c.slots
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pages = append(c.pages, Page{URL: url, Err: err})
	if err != nil {
		return
	}
	for _, link := range links {
		if !c.found[link] {
			c.found[link] = true
			c.group.Go(func() { c.visit(link) })
		}
	}
}
