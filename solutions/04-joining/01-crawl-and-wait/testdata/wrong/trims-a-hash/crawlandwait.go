// caught by: explore in TestScheduleTwoCrawls
// Wrong: "/a#" and "/a" are one page in a browser. Here any string is a URL, and a page
// that was to be fetched is not.

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
	}
	c.group.Go(func() { c.visit(start) })
	c.group.Wait()

	slices.SortFunc(c.pages, func(a, b Page) int { return strings.Compare(a.URL, b.URL) })
	return c.pages
}

// crawl is the state of one Crawl.
type crawl struct {
	fetch Fetch
	slots chan struct{} // holds one token for each page that is being visited
	group sync.WaitGroup

	mu    sync.Mutex
	found map[string]bool
	pages []Page
}

// visit fetches the page at url, and sends others to visit what it links to.
func (c *crawl) visit(url string) {
	c.slots <- struct{}{}
	defer func() { <-c.slots }()

	links, err := c.fetch(url)
	c.record(Page{URL: url, Err: err})
	if err != nil {
		return
	}
	for _, link := range links {
		link = strings.TrimSuffix(link, "#")
		if c.isNew(link) {
			c.group.Go(func() { c.visit(link) })
		}
	}
}

// record keeps what came of one page.
func (c *crawl) record(p Page) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pages = append(c.pages, p)
}

// isNew reports whether nobody has found url before.
func (c *crawl) isNew(url string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.found[url] {
		return false
	}
	c.found[url] = true
	return true
}
