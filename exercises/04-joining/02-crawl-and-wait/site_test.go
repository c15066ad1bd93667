package crawlandwait_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heisenkata/exercises/04-joining/02-crawl-and-wait"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// site is a web site whose pages take time to fetch.
type site struct {
	pages map[string]page

	mu            sync.Mutex
	fetched       map[string]int      // number of fetches by URL
	given         map[string][]string // what the last fetch of a page returned
	running, peak int                 // fetches that run now, and the maximum so far
	limit         int
	found         map[string]bool // the start, and the links of pages that have been fetched; nil: not of interest
	changed       time.Time       // when a fetch began or ended last
	heldUp        string          // what had been found and waited although fewer than limit fetches ran
}

type page struct {
	links []string
	takes time.Duration
	err   error
}

func newSite() *site {
	return &site{pages: map[string]page{}, given: map[string][]string{}}
}

// url returns the URL of page i; they sort in this order. The first page, the next ones
// and those from the fourth on are on different hosts, and each run uses new ones.
var url = func(salt int) func(i int) string {
	hosts := []string{life.Host(salt), life.Host(salt + 1), life.Host(salt + 2)}
	slices.Sort(hosts)
	return func(i int) string { return fmt.Sprintf("https://%s/%05d", hosts[min((i+2)/3, 2)], i) }
}(rand.IntN(1000))

// fetch is a crawlandwait.Fetch. It counts as running until just
// before it returns.
func (s *site) fetch(url string) ([]string, error) {
	s.mu.Lock()
	p := s.pages[url]
	s.fetched[url]++
	s.running++
	s.peak = max(s.peak, s.running)
	s.changed = time.Now()
	s.mu.Unlock()

	time.Sleep(p.takes)

	s.mu.Lock()
	defer s.mu.Unlock()
	s.running--
	s.changed = time.Now()
	if s.found != nil {
		s.finds(p)
	}
	given := roomy(p.links)
	s.given[url] = given
	return given, p.err
}

// finds notes what a fetch that ends has found, and has a look in a nanosecond.
func (s *site) finds(p page) {
	if p.err == nil {
		for _, link := range p.links {
			s.found[link] = true
		}
	}
	time.AfterFunc(1, s.look)
}

// look notes whether a page waits for another although there is room. Nothing has begun or
// ended for a nanosecond.
func (s *site) look() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if waiting := len(s.found) - len(s.fetched); waiting > 0 && s.running < s.limit && !s.changed.Equal(time.Now()) {
		s.heldUp = fmt.Sprintf("%d pages had been found and were not being fetched, while %d fetches ran", waiting, s.running)
	}
}

// seen returns what has been fetched so far, how many fetches are running, and the
// maximum that ran at the same time.
func (s *site) seen() (fetched map[string]int, running, peak int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.fetched), s.running, s.peak
}

// reachable returns what a crawl from start must return, in order.
func (s *site) reachable(start string) []crawlandwait.Page {
	found := map[string]bool{start: true}
	for todo := []string{start}; len(todo) > 0; todo = todo[1:] {
		p := s.pages[todo[0]]
		if p.err != nil {
			continue
		}
		for _, link := range p.links {
			if !found[link] {
				found[link] = true
				todo = append(todo, link)
			}
		}
	}
	var pages []crawlandwait.Page
	for _, url := range slices.Sorted(maps.Keys(found)) {
		pages = append(pages, crawlandwait.Page{URL: url, Err: s.pages[url].err})
	}
	return pages
}

// report describes one crawl.
type report struct {
	took time.Duration // virtual time
	peak int           // maximum number of fetches at the same time

	pages []crawlandwait.Page // what it has returned
}

// crawl crawls s from page 0 in virtual time, which stands still while any goroutine
// can run and then jumps to the end of the next fetch. So times are exact on every
// machine. It checks what every crawl must do.
func (s *site) crawl(t *testing.T, limit int) (r report) {
	t.Helper()
	s.fetched, s.peak = map[string]int{}, 0
	s.limit, s.found, s.heldUp = limit, map[string]bool{url(0): true}, ""
	var ended bool
	oracle.Within(t, func() {
		oracle.Bubble(t, func(t *testing.T) { r = s.crawlInBubble(t, limit) })
		ended = true
	}, "the crawl does not end. Which goroutine still waits, and for what?")
	switch {
	case t.Failed():
		t.FailNow()
	case !ended:
		select {} // a goroutine is blocked forever; synctest is about to report it and end the process
	}
	return r
}

func (s *site) crawlInBubble(t *testing.T, limit int) report {
	here := oracle.WhoIsHere()
	began := time.Now()
	pages := crawlandwait.Crawl(url(0), limit, s.fetch)
	took := time.Since(began)
	atReturn, running, peak := s.seen()
	left := here.Left()
	time.Sleep(time.Hour) // goroutines that were left behind may go on now
	afterwards, _, _ := s.seen()

	var late int
	for url := range afterwards {
		if atReturn[url] == 0 {
			late++
		}
	}
	want := s.reachable(url(0))
	require.Zero(t, late,
		"limit %d: Crawl returned %d of %d pages. %d pages were fetched only afterwards: Crawl did not wait for visits that it had started. "+
			"When are these counted?", limit, len(pages), len(want), late)
	require.Zero(t, running, "limit %d: Crawl returned while a page was still being fetched", limit)
	require.Len(t, pages, len(want),
		"limit %d: links lead to %d pages, but Crawl returned %d", limit, len(want), len(pages))
	for i, p := range pages {
		require.Equal(t, want[i].URL, p.URL, "limit %d: page %d of the result, which is in the order of URLs", limit, i)
		if want[i].Err == nil {
			require.NoError(t, p.Err, "limit %d: %s was fetched without an error", limit, p.URL)
		} else {
			require.True(t, oracle.AssertWraps(t, p.Err, want[i].Err, "the result of "+p.URL))
		}
	}
	require.Len(t, afterwards, len(want), "limit %d: Crawl fetched pages that no link leads to", limit)
	for url, times := range afterwards {
		require.Equal(t, 1, times,
			"limit %d: %s was fetched %d times. If two visits find the same link at the same time, only one of them may fetch it",
			limit, url, times)
	}
	for url, links := range s.given {
		require.True(t, untouched(links), "limit %d: Crawl has written to the array behind the links that the fetch of %s returned", limit, url)
		require.True(t, slices.Equal(s.pages[url].links, links), "limit %d: Crawl has changed the links that the fetch of %s returned", limit, url)
	}
	require.Empty(t, s.heldUp, "limit %d: at some moment a page waited for another, although the limit allowed its fetch", limit)
	require.LessOrEqual(t, peak, limit, "%d fetches ran at the same time, the limit is %d", peak, limit)
	require.Empty(t, left, "limit %d: Crawl returned and left %d goroutines behind. They may end a moment later, "+
		"but nothing waits for them", limit, len(left))
	here.AssertNothingGoesOn(t, "Crawl returned long ago, and all fetches have ended.")
	return report{took: took, peak: peak, pages: pages}
}
