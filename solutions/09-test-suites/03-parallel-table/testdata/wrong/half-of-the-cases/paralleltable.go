// caught by: tests, race or repeat in TestResolves
// Wrong: each run draws half of the cases, so that it is quick. The bug is in the other half.

// Package paralleltable has the tests that every URL shortener must pass.
package paralleltable

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
)

// Shortener gives URLs short codes. The README has its contract.
type Shortener interface {
	Shorten(url string) (code string, err error)
	Resolve(code string) (url string, err error)
	Close()
}

// Config is what a shortener is opened with.
type Config struct {
	Limit int               // the longest URL that it shortens, in bytes
	Visit func(code string) // called for each Resolve that succeeds; may be nil
}

// Open returns a new shortener, for the test t.
type Open func(t T, c Config) Shortener

// T is a test. Its methods do what those of testing.T do.
type T interface {
	Run(name string, f func(t T)) bool
	Parallel()
	Cleanup(f func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// A clerk uses one shortener, and knows what it must answer.
type clerk struct {
	t     T
	s     Shortener
	urls  []string // in order
	codes map[string]string
	given map[string]bool
}

func newClerk(t T, open Open, c Config) *clerk {
	s := open(t, c)
	t.Cleanup(s.Close)
	return &clerk{t: t, s: s, codes: map[string]string{}, given: map[string]bool{}}
}

// shorten shortens a good URL.
func (c *clerk) shorten(url string) {
	code, err := c.s.Shorten(url)
	before, again := c.codes[url]
	switch {
	case err != nil:
		c.t.Errorf("Shorten(%q): %v", url, err)
	case code == "":
		c.t.Errorf("Shorten(%q): the empty code", url)
	case again && code != before:
		c.t.Errorf("Shorten(%q): %q, and %q before", url, code, before)
	case !again && c.given[code]:
		c.t.Errorf("Shorten(%q): %q, which is the code of another URL", url, code)
	case !again:
		c.urls, c.codes[url], c.given[code] = append(c.urls, url), code, true
	}
}

// resolve resolves the code of a URL, if it has one.
func (c *clerk) resolve(url string) {
	if code, ok := c.codes[url]; ok {
		if got, err := c.s.Resolve(code); err != nil || got != url {
			c.t.Errorf("Resolve(%q): %q, %v; want %q", code, got, err, url)
		}
	}
}

// refuse shortens a bad URL.
func (c *clerk) refuse(url string) {
	if code, err := c.s.Shorten(url); err == nil {
		c.t.Errorf("Shorten(%q): %q; want an error", url, code)
	}
}

// unknown resolves what is no code, unless it is one.
func (c *clerk) unknown(text string) {
	if c.given[text] {
		return
	}
	if url, err := c.s.Resolve(text); err == nil {
		c.t.Errorf("Resolve(%q): %q; want an error", text, url)
	}
}

// hundred has more than 100 bytes.
const hundred = "https://go.dev/ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

// pairs are of URLs that differ in one feature.
var pairs = [][]string{
	{"http://go.dev/a", "https://go.dev/a"},
	{"https://go.dev/b", "https://go.dev/b?q=1", "https://go.dev/b?q=2"},
	{"https://go.dev/c", "https://go.dev/c#x", "https://go.dev/c#y"},
	{"http://go.dev/d", "http://go.dev/d/"},
	{"https://go.dev/e", "https://go.dev/E"},
	{"https://go.dev/é", "https://go.dev/ü"},
	{hundred + "1", hundred + "2"},
	{"http://go.dev/g", "http://go.dev/h", "http://go.dev/i"},
}

// Resolves tests that a code leads to its URL.
func Resolves(t T, open Open) {
	for number := range 6 {
		t.Run(fmt.Sprintf("sample %d", number), func(t T) {
			t.Parallel()
			c := newClerk(t, open, Config{Limit: 200})
			var urls []string // half of them, in any order, so that no shortener can get used to them
			for _, i := range rand.Perm(len(pairs))[:len(pairs)/2] {
				urls = append(urls, pairs[i]...)
			}
			for _, url := range urls {
				c.shorten(url)
			}
			for range 2 {
				for _, url := range urls {
					c.shorten(url)
				}
				for _, url := range urls {
					c.resolve(url)
				}
			}
		})
	}
}

func ofLength(n int) string { return "https://go.dev/" + strings.Repeat("x", n-len("https://go.dev/")) }

// Refuses tests that what is no URL, or is too long, gets no code.
func Refuses(t T, open Open) {
	for _, limit := range []int{40, 80, 150, 300} {
		t.Run(fmt.Sprintf("limit %d", limit), func(t T) {
			t.Parallel()
			c := newClerk(t, open, Config{Limit: limit})
			other := newClerk(t, open, Config{Limit: limit})
			bad := []string{
				"", "go.dev", "ftp://go.dev/a", "mailto:gopher", "http:/go.dev", "https:/go.dev", " http://go.dev", " https://go.dev",
				ofLength(limit + 1), ofLength(limit + 100), ofLength(limit + 200), ofLength(limit-5) + "ééé",
			}
			refused := func() {
				for _, url := range bad {
					c.refuse(url)
					c.refuse(url)
				}
			}
			for _, text := range []string{"", "unknown", "1"} {
				c.unknown(text)
			}
			refused()
			for i, url := range []string{"https://go.dev/1", "https://go.dev/2", "https://go.dev/3", "https://go.dev/4"} {
				if i > 0 {
					other.shorten(url)
				}
			}
			foreign := func() {
				for _, code := range other.codes {
					c.unknown(code)
				}
			}
			foreign()
			c.shorten(ofLength(limit))
			c.shorten("http://go.dev")
			refused()
			foreign()
			c.unknown("")
			for _, code := range c.codes {
				c.unknown(code + "z")
				c.unknown(code + "zz")
				c.unknown(code + "zzz")
			}
		})
	}
}

// Visits tests that each visit is reported.
func Visits(t T, open Open) {
	for number, script := range []string{"0ABAAB", "AA0B", "ABB0C", "ABC0AAABBC"} {
		t.Run(script, func(t T) {
			t.Parallel()
			var mu sync.Mutex
			told, want := map[string]int{}, map[string]int{}
			c := newClerk(t, open, Config{Limit: 200, Visit: func(code string) {
				mu.Lock()
				defer mu.Unlock()
				told[code]++
			}})
			if number == 0 {
				c.unknown("unknown")
			}
			url := func(name rune) string { return "https://go.dev/" + string(name) }
			for _, name := range "ABC" {
				c.shorten(url(name))
			}
			for _, name := range script {
				if name == '0' {
					c.unknown("")
					for _, code := range c.codes {
						c.unknown(code + "z")
					}
					continue
				}
				c.resolve(url(name))
				if code, ok := c.codes[url(name)]; ok {
					want[code]++
				}
			}
			c.s.Close()
			mu.Lock()
			defer mu.Unlock()
			for code := range c.given {
				if told[code] != want[code] {
					t.Errorf("%q was visited %d times, and told %d times", code, want[code], told[code])
				}
				delete(told, code)
			}
			for code, n := range told {
				t.Errorf("visits of %q were told: %d; want none", code, n)
			}
		})
	}
}
