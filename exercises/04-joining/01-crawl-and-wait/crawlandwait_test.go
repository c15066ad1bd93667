package crawlandwait_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/04-joining/01-crawl-and-wait"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// The smallest site there is. Some crawls in a row, for one can be lucky.
func TestOnePage(t *testing.T) {
	gone := oracle.Sentinel("gone")
	for range 10 {
		var pages []crawlandwait.Page
		oracle.Within(t, func() {
			pages = crawlandwait.Crawl(url(0), 1, func(string) ([]string, error) { return nil, gone })
		}, "a crawl of a single page does not come to an end")
		require.Len(t, pages, 1,
			"the site has one page, and Crawl came back without it. Was that page counted before Crawl waited, and until its result was kept?")
		require.Equal(t, url(0), pages[0].URL)
		require.True(t, oracle.AssertWraps(t, pages[0].Err, gone, "the page could not be fetched"))
	}
}

// Each page is found on the one before, and on no other. The crawl takes as
// long as its fetches, to the nanosecond: who sleeps or polls comes home late.
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
		"the last fetch ended after %s of virtual time; Crawl should have come back then. Nothing should sleep or poll", sum)
}

// A site as sites are: links to and fro, the same link twice, a page that links
// to itself, and an imprint, slow, that all link to.
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

// Dead links are what a link check is for.
func TestDeadLinks(t *testing.T) {
	for limit := range 3 {
		s := newSite()
		n := 10 + rand.IntN(10)
		home := page{takes: 1}
		for i := 1; i <= n; i++ {
			home.links = append(home.links, url(i))
			p := page{takes: time.Duration(rand.IntN(3))}
			if i == 1 || rand.IntN(2) == 0 {
				// Each is dead in its own way, and an error page may have links, too.
				p.err, p.links = oracle.Sentinel("404, request %d", i), []string{url(1000 + i)}
			}
			s.pages[url(i)] = p
		}
		s.pages[url(0)] = home
		s.crawl(t, limit+1)
	}
}

// firstRun tells whether this is the first run of a test in this process. Only that
// one has sizes beyond any number that a fix could think large enough; the others
// are quick.
func firstRun(t *testing.T) bool {
	_, had := hasRun.LoadOrStore(t.Name(), true)
	return !had
}

var hasRun sync.Map

// Many pages that take one second each: with k at a time, the crawl takes as many
// seconds as there are rounds of k. All of the pages, thousands at times, are found
// at once, on the first one.
func TestManyAtATime(t *testing.T) {
	many := firstRun(t)
	for _, limit := range []int{1, 2, 20 + rand.IntN(20)} {
		s := newSite()
		n := 60 + rand.IntN(40)
		home := page{takes: time.Second}
		switch {
		case limit == 1 && many:
			n += 2049
		case limit == 2:
			home.links = slices.Clone(twins)
		case limit > 2 && many:
			limit += oracle.Many()
			n += limit
		}
		for i := 1; i <= n; i++ {
			home.links = append(home.links, url(i))
		}
		for _, link := range home.links {
			s.pages[link] = page{takes: time.Second}
		}
		n = len(home.links)
		s.pages[url(0)] = home
		got := s.crawl(t, limit)
		require.Equal(t, limit, got.peak,
			"%d pages waited, the limit is %d, and never more than %d were fetched at the same time", n, limit, got.peak)
		rounds := 1 + (n+limit-1)/limit
		require.Equal(t, time.Duration(rounds)*time.Second, got.took,
			"the home page and then %d pages, %d at a time, one second each", n, limit)
	}
}

// twins are URLs two of which each have the same hash, by FNV-1 and by FNV-1a of 32
// bits, and are two pages nevertheless.
var twins = []string{"/c00snu", "/e9v1c1", "/4s7hbt", "/23uaz1"}

// One page is slow. Whoever has a free slot need not wait for it.
func TestSlowPageHoldsNobodyUp(t *testing.T) {
	s := newSite()
	slow, last := 1, 10+rand.IntN(10)
	s.pages[url(0)] = page{links: []string{url(slow), url(2)}, takes: 1}
	for i := 2; i < last; i++ {
		s.pages[url(i)] = page{links: []string{url(i + 1)}, takes: time.Second}
	}
	s.pages[url(last)] = page{takes: time.Second}
	s.pages[url(slow)] = page{takes: time.Hour / 2}

	chain := time.Duration(last-1) * time.Second
	require.Equal(t, 1+time.Hour/2+chain, s.crawl(t, 1).took, "one at a time, it takes as long as all of them together")
	require.Equal(t, 1+time.Hour/2, s.crawl(t, 2).took,
		"two at a time, one of them slow: the other slot was to fetch page after page in the meantime. Who made it wait?")
}

// Several crawls at the same time. None waits for another, and none knows what
// another has found.
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
				assert.Len(t, pages, 1, "the site has one page, and another crawl is under way")
			})
		}
		group.Wait()
	}, "several crawls were to fetch at the same time, and each waits for the one before")
	if t.Failed() {
		return
	}

	// Sites whose URLs are the same and whose pages are not.
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
						"several crawls run at the same time, and one of them took another time than by itself")
					assert.Equal(t, s.reachable(url(0)), pages,
						"several crawls run at the same time, and one of them came back with other pages than by itself")
				})
			}
			group.Wait()
			time.Sleep(time.Hour) // whoever was left behind can end
		})
	}, "several crawls run at the same time, and one of them waits for another")
}
