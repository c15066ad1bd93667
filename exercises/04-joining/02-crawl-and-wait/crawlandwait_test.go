package crawlandwait_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/04-joining/02-crawl-and-wait"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// The smallest possible site. It is crawled several times in a row, since a single crawl can be lucky.
func TestOnePage(t *testing.T) {
	gone := oracle.Sentinel("gone")
	for range 10 {
		var pages []crawlandwait.Page
		oracle.Within(t, func() {
			pages = crawlandwait.Crawl(url(0), 1, func(string) ([]string, error) { return nil, gone })
		}, "the crawl of a single page does not end")
		require.Len(t, pages, 1,
			"the site has one page, but Crawl returned none. Was the visit counted before Crawl waited, and until its result was stored?")
		require.Equal(t, url(0), pages[0].URL)
		require.True(t, oracle.AssertWraps(t, pages[0].Err, gone, "the page could not be fetched"))
	}
}

// Each page is linked to only by the one before it. The crawl takes exactly as long as
// its fetches: a crawler that sleeps or polls returns late.
func TestChainOfPages(t *testing.T) {
	s := newSite()
	last := 20 + rand.IntN(20)
	if firstRun(t) {
		last += 2049
	}
	var sum time.Duration
	for i := range last {
		takes := time.Duration(1 + rand.IntN(1000))
		s.pages[url(i)] = page{links: []string{url(i + 1)}, takes: takes}
		sum += takes
	}
	s.pages[url(last)] = page{}
	require.Equal(t, sum, s.crawl(t, 1).took,
		"the last fetch ended after %s of virtual time, and Crawl should return then. It must not sleep or poll", sum)
}

// A realistic site: pages that link to each other, the same link twice, pages that
// link to themselves, and a slow imprint that all pages link to.
func TestEveryPageOnce(t *testing.T) {
	for limit := range 4 {
		s := newSite()
		imprint := 20 + rand.IntN(20)
		s.pages[url(imprint)] = page{links: []string{url(0)}, takes: time.Minute}
		for i := range imprint {
			links := []string{url(imprint), url(i), url(rand.IntN(imprint)), url(rand.IntN(imprint))}
			for child := 2*i + 1; child <= 2*i+2 && child < imprint; child++ {
				links = append(links, url(child), url(child))
			}
			rand.Shuffle(len(links), func(i, j int) { links[i], links[j] = links[j], links[i] })
			s.pages[url(i)] = page{links: links, takes: 1}
		}
		s.crawl(t, limit+1)
	}
}

// Finding dead links is what a link checker is for.
func TestDeadLinks(t *testing.T) {
	for limit := range 3 {
		s := newSite()
		n := 10 + rand.IntN(10)
		home := page{takes: 1}
		for i := 1; i <= n; i++ {
			home.links = append(home.links, url(i))
			p := page{takes: time.Duration(rand.IntN(3))}
			if i == 1 || rand.IntN(2) == 0 {
				// Each dead page has its own error, and an error page may contain links, too.
				p.err, p.links = oracle.Sentinel("404, request %d", i), []string{url(1000 + i)}
			} else {
				p.links = []string{url(2000 + 2*i), url(2001 + 2*i)}
			}
			s.pages[url(i)] = p
		}
		s.pages[url(0)] = home
		s.crawl(t, limit+1)
	}
}

// firstRun reports whether this process runs a test for the first time. The
// first run has sizes beyond any limit that a fix could allow for; the other
// runs are quick.
func firstRun(t *testing.T) bool {
	_, had := hasRun.LoadOrStore(t.Name(), true)
	return !had
}

var hasRun sync.Map

// Many pages that take one second each: with a limit of k, the crawl takes as many
// seconds as there are rounds of k. All pages, sometimes thousands, are found at the
// same time, on the first one. What a crawl has returned stays as it is when others follow.
func TestManyAtATime(t *testing.T) {
	many := firstRun(t)
	var sites []*site
	var returned [][]crawlandwait.Page
	for _, limit := range []int{1, 2, 20 + rand.IntN(20), 3} {
		s := newSite()
		n := 60 + rand.IntN(40)
		home := page{takes: time.Second}
		switch {
		case limit == 1 && many:
			n += 2049
		case limit == 2:
			home.links = append(life.Twins(oracle.Random(t)), twins...)
		case limit > 3 && many:
			limit += oracle.Many()
			n += limit
		}
		for i := range n {
			home.links = append(home.links, url(1+i*limit)) // others for each limit
		}
		for _, link := range home.links {
			s.pages[link] = page{takes: time.Second}
		}
		n = len(home.links)
		s.pages[url(0)] = home
		got := s.crawl(t, limit)
		require.Equal(t, limit, got.peak,
			"%d pages were waiting and the limit is %d, but never more than %d were fetched at the same time", n, limit, got.peak)
		sites, returned = append(sites, s), append(returned, got.pages)
		rounds := 1 + (n+limit-1)/limit
		require.Equal(t, time.Duration(rounds)*time.Second, got.took,
			"expected time for the home page and then %d pages, %d at a time, one second each", n, limit)
	}
	for i, s := range sites {
		if !assert.True(t, sameURLs(s.reachable(url(0)), returned[i]), "a crawl has returned %d pages, and later crawls have changed them", len(returned[i])) {
			return
		}
	}
	for range 4 {
		meeting(t)
	}
}

// meeting is a site with as many lists as may be fetched at a time. Some of these fetches end at
// the same moment, when the others have long ended, and lead to several pages each: to as many
// together as may be fetched.
func meeting(t *testing.T) {
	t.Helper()
	s := newSite()
	slow, each := 2+rand.IntN(3), 2+rand.IntN(4)
	limit := slow * each
	home, next := page{takes: time.Second}, 1+limit
	for i := range limit {
		list := page{takes: time.Second}
		if i < slow {
			list.takes = 2 * time.Second
			for range each {
				list.links = append(list.links, url(next))
				s.pages[url(next)] = page{takes: time.Second}
				next++
			}
		}
		home.links = append(home.links, url(1+i))
		s.pages[url(1+i)] = list
	}
	s.pages[url(0)] = home
	rand.Shuffle(limit, func(i, j int) { home.links[i], home.links[j] = home.links[j], home.links[i] })
	s.crawl(t, limit)
}

func sameURLs(a, b []crawlandwait.Page) bool {
	return slices.EqualFunc(a, b, func(a, b crawlandwait.Page) bool { return a.URL == b.URL })
}

// twins are pairs of URLs with the same hash, by 32-bit FNV-1 and FNV-1a, and to base 31.
// They are different pages.
var twins = []string{"/c00snu", "/e9v1c1", "/4s7hbt", "/23uaz1", "/Aa", "/BB"}

// One page is slow. The other slot must not wait for it.
func TestSlowPageHoldsUpNoOther(t *testing.T) {
	s := newSite()
	slow, last := 1, 10+rand.IntN(10)
	s.pages[url(0)] = page{links: []string{url(slow), url(2)}, takes: 1}
	for i := 2; i < last; i++ {
		s.pages[url(i)] = page{links: []string{url(i + 1)}, takes: time.Second}
	}
	s.pages[url(last)] = page{takes: time.Second}
	s.pages[url(slow)] = page{takes: time.Hour / 2}

	chain := time.Duration(last-1) * time.Second
	require.Equal(t, 1+time.Hour/2+chain, s.crawl(t, 1).took, "with a limit of one, the crawl takes as long as all fetches together")
	require.Equal(t, 1+time.Hour/2, s.crawl(t, 2).took,
		"with a limit of two and one slow page, the other slot should fetch page after page in the meantime. What made it wait?")
}

// Several concurrent crawls. None waits for another, or shares what
// it has found.
func TestCrawlsSideBySide(t *testing.T) {
	parties := 3 + rand.IntN(4)
	all := parties
	if firstRun(t) {
		all += 1025
	}
	meeting := oracle.NewMeeting(all)
	oracle.Within(t, func() {
		var group sync.WaitGroup
		for range all {
			group.Go(func() {
				pages := crawlandwait.Crawl(url(0), 1, func(string) ([]string, error) {
					meeting.Arrive()
					return nil, nil
				})
				assert.Len(t, pages, 1, "the site has one page; other crawls are running")
			})
		}
		group.Wait()
	}, "several crawls should fetch at the same time, but each waits for the one before")
	if t.Failed() {
		return
	}

	// Sites with the same URLs but different pages.
	oracle.Within(t, func() {
		oracle.Bubble(t, func(t *testing.T) {
			var group sync.WaitGroup
			for range parties {
				s, sum := newSite(), time.Duration(0)
				s.fetched = map[string]int{}
				last := 5 + rand.IntN(10)
				for i := range last + 1 {
					p := page{links: []string{url(i + 1)}, takes: 1 + rand.N(time.Minute)}
					if i == last {
						p.err = oracle.Sentinel("404, page %d is the last", i)
					}
					s.pages[url(i)] = p
					sum += p.takes
				}
				group.Go(func() {
					began := time.Now()
					pages := crawlandwait.Crawl(url(0), 1+rand.IntN(2), s.fetch)
					assert.Equal(t, sum, time.Since(began),
						"several crawls run at the same time, and one of them took longer or shorter than it does alone")
					assert.Equal(t, s.reachable(url(0)), pages,
						"several crawls run at the same time, and one of them returned other pages than it does alone")
				})
			}
			group.Wait()
			time.Sleep(time.Hour) // goroutines that were left behind can end
		})
	}, "several crawls run at the same time, and one of them waits for another")
}
