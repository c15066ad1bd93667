package crawlandwait_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heisenkata/exercises/04-joining/01-crawl-and-wait"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// The smallest site there is. Some crawls in a row, for one can be lucky.
func TestOnePage(t *testing.T) {
	gone := errors.New("gone")
	for range 10 {
		var pages []crawlandwait.Page
		oracle.Within(t, func() {
			pages = crawlandwait.Crawl(url(0), 1, func(string) ([]string, error) { return nil, gone })
		}, "a crawl of a single page does not come to an end")
		require.Len(t, pages, 1,
			"the site has one page, and Crawl came back without it: it did not wait for the fetch it had sent out")
		require.Equal(t, url(0), pages[0].URL)
		require.ErrorIs(t, pages[0].Err, gone)
	}
}

// Each page is found on the one before, and on no other. The crawl takes as
// long as its fetches, to the nanosecond: who sleeps or polls comes home late.
func TestChainOfPages(t *testing.T) {
	s := newSite()
	last := 20 + rand.IntN(20)
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
	dead := errors.New("404")
	for limit := range 3 {
		s := newSite()
		n := 10 + rand.IntN(10)
		home := page{takes: 1}
		for i := 1; i <= n; i++ {
			home.links = append(home.links, url(i))
			p := page{takes: time.Duration(rand.IntN(3))}
			if i == 1 || rand.IntN(2) == 0 {
				p.err, p.links = dead, []string{url(1000 + i)} // an error page may have links, too
			}
			s.pages[url(i)] = p
		}
		s.pages[url(0)] = home
		s.crawl(t, limit+1)
	}
}

// More than a hundred pages that take one second each: with k at a time, the
// crawl takes as many seconds as there are rounds of k.
func TestManyAtATime(t *testing.T) {
	for _, limit := range []int{1, 2, 3 + rand.IntN(5)} {
		s := newSite()
		n := 120 + rand.IntN(40)
		home := page{takes: time.Second}
		for i := 1; i <= n; i++ {
			home.links = append(home.links, url(i))
			s.pages[url(i)] = page{takes: time.Second}
		}
		s.pages[url(0)] = home
		got := s.crawl(t, limit)
		require.Equal(t, limit, got.peak,
			"%d pages waited, the limit is %d, and never more than %d were fetched at the same time", n, limit, got.peak)
		rounds := 1 + (n+limit-1)/limit
		require.Equal(t, time.Duration(rounds)*time.Second, got.took,
			"the home page and then %d pages, %d at a time, one second each", n, limit)
	}
}

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
