// caught by: tests in TestDeadLinks
// Wrong: it puts the links of a page before those that wait, with an append to the slice
// that the fetch has returned. If that has room, its array is written to.

// Package crawlandwait checks the links of a web site.
package crawlandwait

import (
	"slices"
	"strings"
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
	type visit struct {
		page  Page
		links []string
	}
	var pages []Page
	found := map[string]bool{}
	todo, out := []string{start}, 0
	home := make(chan visit)
	for len(todo) > 0 || out > 0 {
		for ; len(todo) > 0 && out < limit; out++ {
			url := todo[0]
			todo = todo[1:]
			if found[url] {
				out--
				continue
			}
			found[url] = true
			go func() {
				links, err := fetch(url)
				home <- visit{Page{URL: url, Err: err}, links}
			}()
		}
		if out == 0 {
			break
		}
		v := <-home
		out--
		pages = append(pages, v.page)
		if v.page.Err != nil {
			continue
		}
		todo = append(v.links, todo...)
	}
	slices.SortFunc(pages, func(a, b Page) int { return strings.Compare(a.URL, b.URL) })
	return pages
}
