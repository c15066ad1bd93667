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
	if limit == 1 {
		return crawlAlone(start, fetch)
	}
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

// crawlAlone is a Crawl that makes one fetch at a time. It needs no other goroutine.
func crawlAlone(start string, fetch Fetch) (pages []Page) {
	found, next := map[string]bool{start: true}, []string{start}
	for len(next) > 0 {
		url := next[0]
		next = next[1:]
		links, err := fetch(url)
		pages = append(pages, Page{URL: url, Err: err})
		if err != nil {
			continue
		}
		for _, link := range links {
			if !found[link] {
				found[link] = true
				next = append(next, link)
			}
		}
	}
	slices.SortFunc(pages, func(a, b Page) int { return strings.Compare(a.URL, b.URL) })
	return pages
}

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
	defer func() { <-c.slots }()

	links, err := c.fetch(url)
	c.record(Page{URL: url, Err: err})
	if err != nil {
		return
	}
	for _, link := range links {
		if c.isNew(link) {
			c.group.Go(func() { c.visit(link) })
		}
	}
}

// record stores the result of one page.
func (c *crawl) record(p Page) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pages = append(c.pages, p)
}

// isNew reports whether url has not been found before.
func (c *crawl) isNew(url string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.found[url] {
		return false
	}
	c.found[url] = true
	return true
}
