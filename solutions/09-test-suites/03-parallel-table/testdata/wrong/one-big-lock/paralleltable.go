// caught by: tests in TestCasesAreParallel
// Wrong: a lock around each case. The cases call t.Parallel, and run one after the other.

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

var big sync.Mutex

// Resolves tests that a code leads to its URL, and to no other.
func Resolves(t T, open Open) {
	long := "https://go.dev/" + strings.Repeat("a", 100)
	for _, test := range []struct {
		name string
		urls []string
	}{
		{"one", []string{"http://go.dev"}},
		{"three", []string{"https://go.dev/a", "https://go.dev/b", "https://go.dev/c"}},
		{"scheme", []string{"https://go.dev", "http://go.dev"}},
		{"query", []string{"https://go.dev", "https://go.dev?q=race"}},
		{"two queries", []string{"https://go.dev?q=race", "https://go.dev?q=leak"}},
		{"fragment", []string{"https://go.dev", "https://go.dev#top"}},
		{"two fragments", []string{"https://go.dev#top", "https://go.dev#end"}},
		{"slash", []string{"https://go.dev", "https://go.dev/"}},
		{"capital", []string{"https://go.dev/tea", "https://go.dev/Tea"}},
		{"not ASCII", []string{"https://go.dev/é", "https://go.dev/à"}},
		{"long", []string{long + "a", long + "b"}},
	} {
		t.Run(test.name, func(t T) {
			t.Parallel()
			big.Lock()
			defer big.Unlock()
			resolves(t, open, test.urls)
		})
	}
}

// resolves has a shortener of its own, and shortens each URL twice before it resolves each code twice.
func resolves(t T, open Open, urls []string) {
	shortener := open(t, Config{Limit: 200})
	t.Cleanup(shortener.Close)
	var codes []string
	for _, url := range urls {
		code := shorten(t, shortener, url)
		if slices.Contains(codes, code) {
			t.Errorf("Shorten(%q): %q is the code of another URL", url, code)
		}
		codes = append(codes, code)
	}
	for i, url := range urls {
		if code := shorten(t, shortener, url); code != codes[i] {
			t.Errorf("Shorten(%q): %q, and before it was %q", url, code, codes[i])
		}
		for range 2 {
			if got, err := shortener.Resolve(codes[i]); err != nil || got != url {
				t.Errorf("Resolve(%q): %q, %v; want %q", codes[i], got, err, url)
			}
		}
	}
}

func shorten(t T, shortener Shortener, url string) string {
	code, err := shortener.Shorten(url)
	if err != nil {
		t.Fatalf("Shorten(%q): %v", url, err)
	}
	return code
}

// Refuses tests that a bad URL gets no code, and that an unknown code leads nowhere.
func Refuses(t T, open Open) {
	long := func(n int) string { return "https://go.dev/" + strings.Repeat("a", n-15) }
	for _, test := range []struct {
		name, bad string
		limit     int
	}{
		{"empty", "", 200},
		{"no scheme", "go.dev", 200},
		{"other scheme", "ftp://go.dev", 200},
		{"one slash", "http:/go.dev", 200},
		{"one slash, with s", "https:/go.dev", 200},
		{"blank", " https://go.dev", 200},
		{"a byte too long, short", long(51), 50},
		{"a byte too long, long", long(201), 200},
		{"much too long", long(400), 200},
		{"letters", "https://go.dev/" + strings.Repeat("é", 15), 40},
	} {
		t.Run(test.name, func(t T) {
			t.Parallel()
			shortener := open(t, Config{Limit: test.limit})
			t.Cleanup(shortener.Close)
			refuses(t, shortener, test.bad)
			refuses(t, shortener, test.bad)
			shorten(t, shortener, long(test.limit))
			refuses(t, shortener, test.bad)
		})
	}
	t.Run("codes", func(t T) {
		t.Parallel()
		first, second := open(t, Config{Limit: 200}), open(t, Config{Limit: 200})
		t.Cleanup(first.Close)
		t.Cleanup(second.Close)
		code := shorten(t, first, "https://go.dev")
		leadNowhere(t, second, "", "none", code)
		leadNowhere(t, first, "", code+"z")
	})
}

func refuses(t T, shortener Shortener, url string) {
	if code, err := shortener.Shorten(url); err == nil {
		t.Errorf("Shorten(%q): %q; want an error", url, code)
	}
}

func leadNowhere(t T, shortener Shortener, codes ...string) {
	for _, code := range codes {
		if url, err := shortener.Resolve(code); err == nil {
			t.Errorf("Resolve(%q): %q; want an error", code, url)
		}
	}
}

// Visits tests that each Resolve that succeeds is told, and no other.
func Visits(t T, open Open) {
	for _, test := range []struct {
		name  string
		order []int // which URL is resolved; -1 is an unknown code
	}{
		{"none", []int{-1}},
		{"one", []int{0}},
		{"again", []int{0, 0, 0}},
		{"another", []int{0, 1, 0, 1}},
		{"unknown", []int{-1, 0, -1}},
	} {
		t.Run(test.name, func(t T) {
			t.Parallel()
			tells(t, open, test.order)
		})
	}
}

// tells looks when Close has returned: then all visits have been told.
func tells(t T, open Open, order []int) {
	var mu sync.Mutex
	var got, want []string
	shortener := open(t, Config{Limit: 200, Visit: func(code string) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, code)
	}})
	t.Cleanup(shortener.Close)
	codes := []string{shorten(t, shortener, "https://go.dev/a"), shorten(t, shortener, "https://go.dev/b")}
	for _, i := range order {
		if i < 0 {
			leadNowhere(t, shortener, codes[0]+codes[1]+"z")
			continue
		}
		if _, err := shortener.Resolve(codes[i]); err != nil {
			t.Errorf("Resolve(%q): %v", codes[i], err)
		}
		want = append(want, codes[i])
	}
	shortener.Close()
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("visits: %q; want %q", got, want)
	}
}
