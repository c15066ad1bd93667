// caught by: explore in TestSchedulePagesMeet
// Wrong: a worker finds the queue empty, and counts itself out a moment later. What another
// one finds in between starts no worker, and a page waits although there is room.

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
	c := &crawl{fetch: fetch, limit: limit, found: map[string]bool{start: true}, queue: []string{start}, running: 1}
	c.group.Go(c.work)
	c.group.Wait()

	slices.SortFunc(c.pages, func(a, b Page) int { return strings.Compare(a.URL, b.URL) })
	return c.pages
}

// crawl is the state of one Crawl.
type crawl struct {
	fetch Fetch
	limit int
	group sync.WaitGroup

	mu      sync.Mutex // guards the fields below
	found   map[string]bool
	queue   []string // found, and not yet fetched
	running int      // workers: they come with a page, and go when the queue is empty
	pages   []Page
}

// work fetches pages until none is left.
func (c *crawl) work() {
	defer c.leave()
	for url, ok := c.next(); ok; url, ok = c.next() {
		links, err := c.fetch(url)
		c.record(Page{URL: url, Err: err}, links)
	}
}

// leave is called when a worker goes.
func (c *crawl) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running--
}

// next takes a page from the queue, if there is one.
func (c *crawl) next() (url string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) == 0 {
		return "", false
	}
	url, c.queue = c.queue[0], c.queue[1:]
	return url, true
}

// record stores the result of one page, and starts workers for the pages it links to. The
// worker that calls it takes one of them itself.
func (c *crawl) record(p Page, links []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pages = append(c.pages, p)
	if p.Err != nil {
		return
	}
	for _, link := range links {
		if !c.found[link] {
			c.found[link] = true
			c.queue = append(c.queue, link)
		}
	}
	for range min(len(c.queue)-1, c.limit-c.running) {
		c.running++
		c.group.Go(c.work)
	}
}
