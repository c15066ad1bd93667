// caught by: tests or repeat in TestManyAtATime
// Wrong: a hash is shorter than a URL, and two URLs can have the same. One of them is
// taken for found.

// Package crawlandwait checks the links of a web site.
package crawlandwait

import (
	"hash/fnv"
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
		found: map[uint32]bool{hash(start): true},
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
	found map[uint32]bool
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

func hash(url string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(url))
	return h.Sum32()
}

// isNew reports whether nobody has found url before.
func (c *crawl) isNew(url string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.found[hash(url)] {
		return false
	}
	c.found[hash(url)] = true
	return true
}
