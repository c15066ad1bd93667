// finds: race or wrong
// tells: pages: got

// Package waitadd fetches pages and waits for all; the broken one calls Add inside the new goroutines.
package waitadd

import (
	"sync"
	"testing"
)

type crawl struct {
	wg    sync.WaitGroup
	mu    sync.Mutex
	pages []string
}

func (c *crawl) fetch(url string) {
	defer c.wg.Done()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pages = append(c.pages, url)
}

// startLoose lets Wait run before the counter has been raised.
func (c *crawl) startLoose(urls ...string) {
	for _, u := range urls {
		go func() {
			c.wg.Add(1)
			c.fetch(u)
		}()
	}
}

// start raises the counter before each goroutine exists.
func (c *crawl) start(urls ...string) {
	for _, u := range urls {
		c.wg.Add(1)
		go c.fetch(u)
	}
}

func run(t *testing.T, start func(*crawl, ...string)) {
	c := new(crawl)
	start(c, "/", "/about")
	c.wg.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.pages) != 2 {
		t.Errorf("pages: got %v, want 2", c.pages)
	}
}

func TestBug(t *testing.T)   { run(t, (*crawl).startLoose) }
func TestFixed(t *testing.T) { run(t, (*crawl).start) }
