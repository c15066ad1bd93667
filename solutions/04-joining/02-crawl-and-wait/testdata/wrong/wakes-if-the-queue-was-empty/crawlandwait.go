// caught by: tests in TestManyAtATime
// Wrong: if the queue is not empty, no idle worker is woken, since all are thought to be busy

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
	c := &crawl{fetch: fetch, limit: limit, found: map[string]bool{start: true}, queue: []string{start}}
	c.changed = sync.NewCond(&c.mu)
	c.workers, c.busy = 1, 0
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

	mu      sync.Mutex
	changed *sync.Cond // the queue, or no worker is busy
	workers int        // goroutines
	idle    int        // those that wait
	busy    int        // those that fetch
	queue   []string
	found   map[string]bool
	pages   []Page
}

// work fetches pages until there are none left.
func (c *crawl) work() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		for len(c.queue) == 0 {
			if c.busy == 0 {
				c.changed.Broadcast()
				return
			}
			c.idle++
			c.changed.Wait()
			c.idle--
		}
		url := c.queue[0]
		c.queue = c.queue[1:]
		c.busy++
		c.mu.Unlock()
		links, err := c.fetch(url)
		c.mu.Lock()
		c.busy--
		c.pages = append(c.pages, Page{URL: url, Err: err})
		if err == nil {
			c.follow(links)
		}
	}
}

// follow is called with the lock held.
func (c *crawl) follow(links []string) {
	idle := len(c.queue) == 0 // or else no worker is
	for _, link := range links {
		if !c.found[link] {
			c.found[link] = true
			c.queue = append(c.queue, link)
			if idle || c.workers < c.limit {
				c.wake()
			}
		}
	}
}

// wake sees to it that a worker takes a page of the queue.
func (c *crawl) wake() {
	c.changed.Signal()
	if c.workers < c.limit {
		c.workers++
		c.group.Go(c.work)
	}
}
