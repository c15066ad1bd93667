// caught by: race in TestInParallel
// Wrong: the cases are reversed where they are, in a variable of the package, so that a test that runs beside
// itself has a data race.

// Package paralleltable has the tests that every URL shortener must pass.
package paralleltable

import (
	"slices"
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

const usual = 300

// opened opens a shortener that is closed at the end of t.
func opened(t T, open Open, c Config) Shortener {
	s := open(t, c)
	t.Cleanup(s.Close)
	return s
}

// pad makes a URL of exactly n bytes.
func pad(url string, n int) string { return url + strings.Repeat("a", n-len(url)) }

// pairs differ in one feature each.
var pairs = [][]string{
	{"http://go.dev/a", "https://go.dev/a", "https://go.dev/b"},
	{"https://go.dev/a", "https://go.dev/a?q=race", "https://go.dev/a?q=1"},
	{"https://go.dev/a", "https://go.dev/a#x", "https://go.dev/a#y"},
	{"https://go.dev/a/", "https://go.dev/a", "http://go.dev/c"},
	{"https://go.dev/ab", "https://go.dev/aB", "https://go.dev/AB"},
	{"https://go.dev/ä", "https://go.dev/?", "https://go.dev/ö"},
}

// Resolves tests that a code leads to its URL.
func Resolves(t T, open Open) {
	long := pad("https://go.dev/", 100)
	for _, urls := range append(pairs, []string{long + "x", long + "y", long}) {
		t.Run(urls[0], func(t T) {
			t.Parallel()
			resolves(t, opened(t, open, Config{Limit: usual}), urls)
			slices.Reverse(urls)
			resolves(t, opened(t, open, Config{Limit: usual}), urls)
		})
	}
}

func resolves(t T, s Shortener, urls []string) {
	codes := map[string]string{}
	for range 2 {
		for _, url := range urls {
			code, err := s.Shorten(url)
			if err != nil {
				t.Errorf("Shorten(%q): %v", url, err)
				continue
			}
			if other, again := codes[url]; again && other != code {
				t.Errorf("Shorten(%q) = %q and %q", url, other, code)
			}
			for other, its := range codes {
				if other != url && its == code {
					t.Errorf("%q and %q have the code %q", url, other, code)
				}
			}
			codes[url] = code
			for range 2 {
				if got, err := s.Resolve(code); err != nil || got != url {
					t.Errorf("Resolve(%q) = %q, %v; want %q", code, got, err, url)
				}
			}
		}
		for url, code := range codes {
			if got, err := s.Resolve(code); err != nil || got != url {
				t.Errorf("Resolve(%q) = %q, %v; want %q", code, got, err, url)
			}
		}
	}
}

// Refuses tests that what is no URL, or is too long, gets no code.
func Refuses(t T, open Open) {
	for _, limit := range []int{40, 60, 120, 250} {
		t.Run("limit", func(t T) {
			t.Parallel()
			refuses(t, open, limit)
		})
	}
}

func refuses(t T, open Open, limit int) {
	exact := pad("https://go.dev/", limit)
	umlauts := pad("https://go.dev/", limit-1) + "ä"
	bad := []string{"", "go.dev", "ftp://go.dev", "http:/go.dev", "https:/go.dev", " http://go.dev", " https://go.dev",
		exact + "a", pad(exact, limit+100), umlauts}
	for _, url := range bad {
		s := opened(t, open, Config{Limit: limit})
		for i := range 4 {
			if i == 2 {
				if _, err := s.Shorten(exact); err != nil {
					t.Errorf("Shorten(%q): %v, limit %d", exact, err, limit)
				}
				if _, err := s.Shorten("http://go.dev"); err != nil {
					t.Errorf("Shorten: %v", err)
				}
			}
			if code, err := s.Shorten(url); err == nil {
				t.Errorf("Shorten(%q) = %q, limit %d", url, code, limit)
			}
		}
	}
	s := opened(t, open, Config{Limit: limit})
	none := func(code string) {
		if url, err := s.Resolve(code); err == nil {
			t.Errorf("Resolve(%q) = %q", code, url)
		}
	}
	none("")
	none("unknown")
	other := opened(t, open, Config{Limit: limit})
	codes := map[string]bool{}
	for _, url := range []string{"http://go.dev", "http://go.dev/x"} {
		code, err := s.Shorten(url)
		if err != nil {
			t.Errorf("Shorten(%q): %v", url, err)
			return
		}
		codes[code] = true
	}
	none("")
	for code := range codes {
		if !codes[code+"z"] {
			none(code + "z")
		}
	}
	for _, url := range []string{"https://go.dev/1", "https://go.dev/2", "https://go.dev/3"} {
		if code, err := other.Shorten(url); err == nil && !codes[code] {
			none(code)
		}
	}
}

// Visits tests that each visit is reported.
func Visits(t T, open Open) {
	for range 4 {
		t.Run("visits", func(t T) {
			t.Parallel()
			visited(t, open, true)
			visited(t, open, false)
		})
	}
}

// visited makes some visits, and compares them with what was told.
func visited(t T, open Open, early bool) {
	var mu sync.Mutex
	var told []string
	s := opened(t, open, Config{Limit: usual, Visit: func(code string) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, code)
	}})
	if early {
		if _, err := s.Resolve("unknown"); err == nil {
			t.Errorf("unknown resolves")
		}
	}
	var codes, want []string
	visit := func(code string) {
		if _, err := s.Resolve(code); err != nil {
			t.Errorf("Resolve(%q): %v", code, err)
			return
		}
		want = append(want, code)
	}
	for _, url := range []string{"http://go.dev", "https://go.dev/b", "https://go.dev/c"} {
		code, err := s.Shorten(url)
		if err != nil {
			t.Errorf("Shorten(%q): %v", url, err)
			return
		}
		codes = append(codes, code)
	}
	for i, code := range []int{0, 0, 1, 2, 1} {
		visit(codes[code])
		if no := codes[code] + "z"; i > 0 && !slices.Contains(codes, no) {
			_, _ = s.Resolve(no)
		}
	}
	s.Close()
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(told)
	slices.Sort(want)
	if !slices.Equal(told, want) {
		t.Errorf("visits told: %q; want %q", told, want)
	}
}
