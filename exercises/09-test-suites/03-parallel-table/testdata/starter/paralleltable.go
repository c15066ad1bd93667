// Package paralleltable has the tests that every URL shortener must pass.
package paralleltable

import "strings"

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

// config is what most tests open their shorteners with.
var config = Config{Limit: 200}

// Resolves tests that a code leads to its URL.
func Resolves(t T, open Open) {
	shortener := open(t, config)
	defer shortener.Close()
	for _, url := range []string{
		"http://go.dev",
		"https://go.dev/ref/mem",
		"https://go.dev/search?q=race",
		"https://go.dev/ref/spec#Channel_types",
	} {
		t.Run(url, func(t T) {
			t.Parallel()
			code, err := shortener.Shorten(url)
			if err != nil {
				t.Fatalf("Shorten: %v", err)
			}
			if got, err := shortener.Resolve(code); err != nil || got != url {
				t.Errorf("Resolve: %q, %v; want %q", got, err, url)
			}
		})
	}
}

// Refuses tests that what is no URL, or is too long, gets no code.
func Refuses(t T, open Open) {
	for _, test := range []struct {
		name, url string
		limit     int // 0: the usual one
		good      bool
	}{
		{name: "empty"},
		{name: "ftp", url: "ftp://go.dev"},
		{name: "long enough", url: "https://go.dev/" + strings.Repeat("a", 185), good: true},
		{name: "too long", url: "https://go.dev/ref/mem", limit: 20},
	} {
		t.Run(test.name, func(t T) {
			t.Parallel()
			if test.limit > 0 {
				config.Limit = test.limit
			}
			shortener := open(t, config)
			defer shortener.Close()
			if _, err := shortener.Shorten(test.url); (err == nil) != test.good {
				t.Errorf("Shorten(%q): %v", test.url, err)
			}
		})
	}
}

// Visits tests that each visit is reported.
func Visits(t T, open Open) {
	for _, url := range []string{"http://go.dev", "https://go.dev", "https://go.dev/ref/mem", "https://go.dev/ref/spec"} {
		t.Run(url, func(t T) {
			t.Parallel()
			visits := make(chan string, 10)
			shortener := open(t, Config{Limit: 200, Visit: func(code string) { visits <- code }})
			defer shortener.Close()
			code, err := shortener.Shorten(url)
			if err != nil {
				t.Fatalf("Shorten: %v", err)
			}
			go func() {
				if got := <-visits; got != code {
					t.Errorf("%q was visited; want %q", got, code)
				}
			}()
			if _, err := shortener.Resolve(code); err != nil {
				t.Errorf("Resolve: %v", err)
			}
		})
	}
}
