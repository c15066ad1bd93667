package crawlandwait_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"heisenkata/exercises/04-joining/02-crawl-and-wait"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// What Crawl promises: it returns all pages that links lead to, and when it has
// returned, nothing of it is still running. Crawls share nothing, so the model
// has no state.
func crawls(t testing.TB) contract.Contract[testing.TB, struct{}] {
	return contract.Contract[testing.TB, struct{}]{
		New:   func(*rand.Rand) (testing.TB, struct{}) { return t, struct{}{} },
		Calls: []contract.Draw[testing.TB, struct{}]{someCrawl},
	}
}

func someCrawl(r *rand.Rand) contract.Call[testing.TB, struct{}] {
	s := someWeb(r)
	return contract.Call[testing.TB, struct{}]{
		Name: s.String(),
		Slow: s.pauses,
		Do: func(t testing.TB, m contract.Moments) any {
			s.t, s.pause = t, m.Pause
			pages := crawlandwait.Crawl(s.start, s.limit, s.fetch)
			return s.said(pages)
		},
		Steps: []contract.Step[struct{}]{func(struct{}) []contract.Outcome[struct{}] {
			return []contract.Outcome[struct{}]{{Out: s.owed()}}
		}},
	}
}

// Two concurrent crawls.
func TestScheduleTwoCrawls(t *testing.T) {
	contract.Check(t, crawls(t), contract.Shape{Goroutines: 2, Calls: 1})
}

// A crawl with a slow page delays no other crawl.
func TestScheduleOneIsSlow(t *testing.T) {
	contract.Check(t, crawls(t), contract.Shape{Goroutines: 3, Calls: 1, Hold: true})
}

// One crawl after the other.
func TestScheduleCrawlAgain(t *testing.T) {
	contract.Check(t, crawls(t), contract.Shape{Before: 1, Goroutines: 1, Calls: 2})
}

// A web is a small site with every kind of link: to a page that was found before, to
// the page itself, the same link twice. Some fetches return immediately. The others
// return only when the maximum is running: limit fetches, or one for each page found.
type web struct {
	start  string
	limit  int
	given  [][]string // what fetches have returned
	pauses bool       // if the call is held, its first fetch waits until the other goroutines are done
	links  map[string][]string
	dead   map[string]error
	atOnce map[string]bool // the fetch of this page returns immediately

	t       testing.TB
	pause   func()
	mu      sync.Mutex
	changed *sync.Cond
	found   map[string]bool
	begun   map[string]bool
	running int
	over    bool // Crawl has returned
}

func someWeb(r *rand.Rand) *web {
	all := []string{"/", "/a", "/A", "/a/", "", "mailto:a", "/\xfe", "/\xff", "https://" + life.Host(1) + "/", "http://" + life.Host(2) + "/a"}
	for range r.IntN(3) {
		all = append(all, alike(r, all[r.IntN(len(all))]))
	}
	slices.Sort(all)
	all = slices.Compact(all)
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	all = all[:[]int{1, 2, 4, 5}[r.IntN(4)]]
	s := &web{start: all[0], limit: []int{1, 2, 2, 3}[r.IntN(4)] + life.Crowd(r, 5000), pauses: r.IntN(2) == 0,
		links: map[string][]string{}, dead: map[string]error{}, atOnce: map[string]bool{},
		found: map[string]bool{all[0]: true}, begun: map[string]bool{}}
	s.changed = sync.NewCond(&s.mu)
	s.links[s.start] = slices.Clone(all[1:min(3, len(all))]) // two pages that may link to the same third one
	for i, url := range all {
		s.atOnce[url] = r.IntN(2) == 0
		if r.IntN(6) == 0 {
			s.dead[url] = life.Trouble(r, fmt.Sprintf("status %d", 400+i))
		}
		for range r.IntN(4) {
			s.links[url] = append(s.links[url], all[r.IntN(len(all))])
		}
	}
	if len(all) > 2 && r.IntN(6) == 0 {
		s.addLists(all[1:3], life.Size(r, 40)+life.Crowd(r, 150))
	}
	return s
}

// addLists adds links to n more pages, in the same order, to each of the pages.
func (s *web) addLists(pages []string, n int) {
	for i := range n {
		link := fmt.Sprintf("/list/%d", i)
		s.atOnce[link] = true
		for _, url := range pages {
			s.links[url] = append(s.links[url], link)
		}
	}
}

// alike returns a URL that is easily taken for the same as url, but is a different one.
func alike(r *rand.Rand, url string) string {
	if upper := strings.ToUpper(url); upper != url && r.IntN(4) == 0 {
		return upper
	}
	marks := []string{"\xff", "#", "?", "#top", "?a=1", " ", "\t", "\n", "/", ".", "/.", "//", ":", ":443", "%20", "%41", "&", ";", "+", "=", "~", "é", "\x00"}
	mark, at := marks[r.IntN(len(marks))], []int{0, r.IntN(len(url) + 1), len(url), len(url)}[r.IntN(4)]
	return url[:at] + mark + url[at:]
}

// owed is what Crawl must return: each page that a link leads to, once, in order.
func (s *web) owed() string {
	pages := map[string]bool{s.start: true}
	for todo := []string{s.start}; len(todo) > 0; todo = todo[1:] {
		for _, link := range s.follow(todo[0]) {
			if !pages[link] {
				pages[link] = true
				todo = append(todo, link)
			}
		}
	}
	var owed []string
	for _, url := range slices.Sorted(maps.Keys(pages)) {
		owed = append(owed, pageText(url, s.dead[url]))
	}
	return strings.Join(owed, ", ")
}

// follow returns the links of a page that a crawl must follow: none if the page is dead.
func (s *web) follow(url string) []string {
	if s.dead[url] != nil {
		return nil
	}
	return s.links[url]
}

func pageText(url string, err error) string {
	if err != nil {
		return fmt.Sprintf("%q (%v)", url, err)
	}
	return fmt.Sprintf("%q", url)
}

// said describes what Crawl returned.
func (s *web) said(pages []crawlandwait.Page) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	if s.running > 0 {
		s.complain("Crawl returned while %d of its fetches were still running", s.running)
	}
	if i := slices.IndexFunc(s.given, func(links []string) bool { return !untouched(links) }); i >= 0 {
		s.complain("Crawl has written to the array behind the links %q", s.given[i])
	}
	var said []string
	for _, p := range pages {
		err := p.Err
		if err != nil && oracle.AssertHonest(s.t, err, "an error") && errors.Is(err, s.dead[p.URL]) {
			err = s.dead[p.URL]
		}
		said = append(said, pageText(p.URL, err))
	}
	return strings.Join(said, ", ")
}

func (s *web) fetch(url string) ([]string, error) {
	first := s.begin(url)
	if first && s.pauses {
		s.pause()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.atOnce[url] && !s.busy() {
		s.changed.Wait()
	}
	for _, link := range s.follow(url) {
		s.found[link] = true
	}
	s.running--
	s.changed.Broadcast()
	links := roomy(s.links[url])
	s.given = append(s.given, links)
	return links, s.dead[url]
}

// roomy returns a copy of links with room for more, which stays as it is: see untouched.
func roomy(links []string) []string {
	return append(make([]string, 0, 2*len(links)+8), links...)
}

// untouched reports whether nothing has been written to the room of links.
func untouched(links []string) bool {
	return !slices.ContainsFunc(links[len(links):cap(links)], func(url string) bool { return url != "" })
}

// busy reports whether the maximum number of fetches is running.
func (s *web) busy() bool { return s.running >= s.limit || len(s.begun) >= len(s.found) }

func (s *web) begin(url string) (first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.over:
		s.complain("Crawl has returned, but still fetches %q", url)
	case !s.found[url]:
		s.complain("no link leads to %q", url)
	case s.begun[url]:
		s.complain("%q is fetched twice", url)
	}
	first = len(s.begun) == 0
	s.begun[url] = true
	if s.running++; s.running > s.limit {
		s.complain("%d fetches run at the same time", s.running)
	}
	s.changed.Broadcast()
	return first
}

// complain reports an error in the crawl, even if the test has ended.
func (s *web) complain(format string, args ...any) {
	text := s.String() + ": " + fmt.Sprintf(format, args...)
	if s.t.Context().Err() != nil {
		panic(text)
	}
	s.t.Error(text)
}

// String formats the crawl as a caller would write it, and describes its site.
func (s *web) String() string {
	var pages []string
	for _, url := range slices.Sorted(maps.Keys(s.links)) {
		pages = append(pages, fmt.Sprintf("%q links to %q", url, s.links[url]))
	}
	for _, url := range slices.Sorted(maps.Keys(s.dead)) {
		pages = append(pages, fmt.Sprintf("%q is dead", url))
	}
	return fmt.Sprintf("Crawl(%q, %d) [%s]", s.start, s.limit, strings.Join(pages, "; "))
}
