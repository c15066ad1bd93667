// caught by: tests, race or repeat in TestResolves
// Wrong: of two URLs that differ in a feature, only one ever has it. Two queries, or two letters that are not ASCII, may get one code.

// Package paralleltable has the tests that every URL shortener must pass.
package paralleltable

import (
	"fmt"
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

func urls() []string {
	long := "https://go.dev/" + strings.Repeat("a", 120)
	return []string{
		"http://go.dev/x", "https://go.dev/x",
		"https://go.dev/x?q=1",
		"https://go.dev/x#f",
		"https://go.dev/x/", "https://go.dev/X",
		"https://go.dev/é", "https://go.dev/?",
		long + "b", long + "c",
	}
}

// Resolves tests that a code leads to its URL.
func Resolves(t T, open Open) {
	for shift := range 4 {
		t.Run(fmt.Sprint("shift ", shift), func(t T) {
			t.Parallel()
			list := urls()
			list = append(list[2*shift:], list[:2*shift]...)
			s := open(t, Config{Limit: 200})
			defer s.Close()
			codes := map[string]string{}
			owners := map[string]string{}
			look := func(url string) {
				if got, err := s.Resolve(codes[url]); err != nil || got != url {
					t.Errorf("Resolve of the code of %q: %q, %v", url, got, err)
				}
			}
			for _, url := range list {
				code, err := s.Shorten(url)
				if err != nil || code == "" {
					t.Errorf("Shorten(%q): %q, %v", url, code, err)
					return
				}
				if other, ok := owners[code]; ok {
					t.Errorf("%q and %q have one code", url, other)
				}
				owners[code], codes[url] = url, code
				look(url)
			}
			for range 2 {
				for _, url := range list {
					code, err := s.Shorten(url)
					if err != nil || code != codes[url] {
						t.Errorf("Shorten(%q) again: %q, %v; want %q", url, code, err, codes[url])
					}
					look(url)
				}
			}
		})
	}
}

// Refuses tests that what is no URL, or is too long, gets no code.
func Refuses(t T, open Open) {
	for _, limit := range []int{50, 300} {
		fill := func(n int) string { return "https://go.dev/" + strings.Repeat("a", n-15) }
		letters := "https://go.dev/" + strings.Repeat("é", limit/2)
		for i, bad := range []string{"", "go.dev", "ftp://go.dev", "http:/go.dev", "https:/go.dev", " http://go.dev", " https://go.dev", fill(limit + 1), fill(limit + 100), letters} {
			t.Run(fmt.Sprint(limit, " ", i), func(t T) {
				t.Parallel()
				s := open(t, Config{Limit: limit})
				defer s.Close()
				refuse := func(when string) {
					for range 2 {
						if code, err := s.Shorten(bad); err == nil {
							t.Errorf("%s, Shorten(%q) = %q", when, bad, code)
						}
					}
				}
				unknown := func(code, when string) {
					for range 2 {
						if url, err := s.Resolve(code); err == nil {
							t.Errorf("%s, Resolve(%q) = %q", when, code, url)
						}
					}
				}
				refuse("first")
				unknown("", "first")
				unknown("nothing", "first")
				good := fill(limit)
				code, err := s.Shorten(good)
				if err != nil {
					t.Errorf("Shorten(%q): %v", good, err)
					return
				}
				refuse("afterwards")
				unknown("", "afterwards")
				unknown(code+"z", "afterwards")
				other := open(t, Config{Limit: limit})
				defer other.Close()
				for _, url := range []string{"https://go.dev/1", "http://go.dev/2"} {
					foreign, err := other.Shorten(url)
					if err != nil {
						t.Errorf("Shorten(%q): %v", url, err)
					} else if foreign != code {
						unknown(foreign, "a code of another shortener")
					}
				}
			})
		}
	}
}

// Visits tests that each visit is reported.
func Visits(t T, open Open) {
	for i, order := range [][]int{{0, 1, 2, 0, 0, 1}, {0, 0, 0, 1}, {2, 1, 0, 0, 2}, {1, 1, 2, 2, 0, 1}} {
		t.Run(fmt.Sprint("order ", i), func(t T) {
			t.Parallel()
			var mu sync.Mutex
			var got, want []string
			s := open(t, Config{Limit: 200, Visit: func(code string) {
				mu.Lock()
				defer mu.Unlock()
				got = append(got, code)
			}})
			defer s.Close()
			_, _ = s.Resolve("nothing")
			_, _ = s.Resolve("")
			var codes []string
			for _, url := range urls()[:3] {
				code, err := s.Shorten(url)
				if err != nil {
					t.Errorf("Shorten(%q): %v", url, err)
					return
				}
				codes = append(codes, code)
			}
			unknown := func() {
				for _, code := range codes {
					if !slices.Contains(codes, code+"z") {
						_, _ = s.Resolve(code + "z")
					}
				}
			}
			unknown()
			for _, k := range order {
				if _, err := s.Resolve(codes[k]); err != nil {
					t.Errorf("Resolve(%q): %v", codes[k], err)
				} else {
					want = append(want, codes[k])
				}
			}
			unknown()
			s.Close()
			mu.Lock()
			defer mu.Unlock()
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("visits %q, want %q", got, want)
			}
		})
	}
}
