// caught by: explore in TestScheduleTwoCrawls
// Wrong: one signal wakes one worker. If a page brings two links, the second waits
// although a worker sleeps; and at the end most of them are never told to go home.

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
