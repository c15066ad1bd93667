// Right: one goroutine owns the whole crawl: what is found, what waits and how many
// fetches are out. It has come home when nothing waits and nobody is out.

// Package crawlandwait checks the links of a web site.
package crawlandwait

import (
	"slices"
	"strings"
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
	type visit struct {
		page  Page
		links []string
	}
	var pages []Page
	found := map[string]bool{start: true}
	todo, out := []string{start}, 0
	home := make(chan visit)
	for len(todo) > 0 || out > 0 {
		for ; len(todo) > 0 && out < limit; out++ {
			url := todo[0]
			todo = todo[1:]
			go func() {
				links, err := fetch(url)
				home <- visit{Page{URL: url, Err: err}, links}
			}()
		}
		v := <-home
		out--
		pages = append(pages, v.page)
		if v.page.Err != nil {
			continue
		}
		for _, link := range v.links {
			if !found[link] {
				found[link] = true
				todo = append(todo, link)
			}
		}
	}
	slices.SortFunc(pages, func(a, b Page) int { return strings.Compare(a.URL, b.URL) })
	return pages
}
