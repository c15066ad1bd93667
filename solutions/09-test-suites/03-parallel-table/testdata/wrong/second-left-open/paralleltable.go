// caught by: tests in TestRefuses
// Wrong: Fatalf ends the case that opens a second shortener before that is closed.

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

// good returns a good URL of so many bytes.
func good(bytes int) string {
	const begin = "https://go.dev/"
	return begin + strings.Repeat("a", bytes-len(begin))
}

// Resolves tests that a code leads to its URL.
func Resolves(t T, open Open) {
	long := good(120)
	for _, test := range []struct {
		name string
		urls []string
	}{
		{"schemes", []string{"http://go.dev", "https://go.dev", "http://go.dev/a", "https://go.dev/a"}},
		{"queries", []string{"https://go.dev/a", "https://go.dev/a?q=1", "https://go.dev/a?q=2", "http://go.dev/a?q=1"}},
		{"fragments", []string{"https://go.dev/a", "https://go.dev/a#b", "https://go.dev/a#c", "http://go.dev/a#b"}},
		{"slashes", []string{"https://go.dev/a/", "https://go.dev/a", "https://go.dev/", "https://go.dev", "http://go.dev/"}},
		{"capitals", []string{"https://go.dev/abc", "https://go.dev/aBc", "https://go.dev/ABC", "https://go.dev/Abc"}},
		{"letters", []string{"https://go.dev/cafe", "https://go.dev/café", "https://go.dev/cafè", "https://go.dev/größe", "https://go.dev/grüße"}},
		{"long", []string{long, long + "a", long + "b", long[:100], long[:101], long + "aa"}},
		{"all", []string{
			"https://go.dev/a#b", "http://go.dev/B?q=1", "https://go.dev/é/", long + "?q=1", long + "?q=2", "https://go.dev",
			"http://go.dev/a/", "https://go.dev/a?q=1#b", "https://go.dev/a?q=1#c", "https://go.dev/A?q=1#b",
		}},
	} {
		t.Run(test.name, func(t T) {
			t.Parallel()
			s := open(t, Config{Limit: 200})
			t.Cleanup(s.Close)
			resolves(t, s, test.urls)
		})
	}
}

func resolves(t T, s Shortener, urls []string) {
	codes := map[string]string{} // by URLs
	of := map[string]string{}    // URLs by codes
	for pass := range 3 {
		for _, url := range urls {
			code, err := s.Shorten(url)
			if err != nil || code == "" {
				t.Fatalf("Shorten(%q): %q, %v (pass %d)", url, code, err, pass)
			}
			if old, ok := codes[url]; ok && old != code {
				t.Errorf("Shorten(%q): %q, and %q before", url, code, old)
			}
			if other, ok := of[code]; ok && other != url {
				t.Errorf("Shorten(%q): %q, which is the code of %q", url, code, other)
			}
			codes[url], of[code] = code, url
		}
		for _, url := range urls {
			if got, err := s.Resolve(codes[url]); err != nil || got != url {
				t.Errorf("Resolve(%q): %q, %v; want %q", codes[url], got, err, url)
			}
		}
	}
}

// Refuses tests that what is no URL, or is too long, gets no code, and that no other text resolves.
func Refuses(t T, open Open) {
	for _, limit := range []int{40, 99, 101, 180} {
		for name, bad := range map[string]string{
			"empty":       "",
			"no scheme":   "go.dev/a",
			"ftp":         "ftp://go.dev/a",
			"one slash":   "http:/go.dev/a",
			"one slash s": "https:/go.dev/a",
			"blank":       " http://go.dev/a",
			"blank s":     " https://go.dev/a",
			"one more":    good(limit + 1),
			"100 more":    good(limit + 100),
			"bytes":       "https://go.dev/" + strings.Repeat("é", (limit-14)/2+1),
			"bytes http":  "http://go.dev/" + strings.Repeat("ü", limit-20),
		} {
			t.Run(fmt.Sprint(name, limit), func(t T) {
				t.Parallel()
				s := open(t, Config{Limit: limit})
				t.Cleanup(s.Close)
				for _, url := range []string{bad, bad, good(limit), bad, bad, good(limit), "http://go.dev/b", bad} {
					code, err := s.Shorten(url)
					if (err != nil) != (url == bad) {
						t.Errorf("limit %d, Shorten(%q): %q, %v", limit, url, code, err)
					}
				}
			})
		}
	}
	for _, first := range []string{"", "http://go.dev/a", "https://go.dev/b"} {
		t.Run("no code, "+first, func(t T) {
			t.Parallel()
			s := open(t, Config{Limit: 200})
			t.Cleanup(s.Close)
			refusesTexts(t, open, s, first)
		})
	}
}

// refusesTexts resolves what is no code, before and after a good URL.
func refusesTexts(t T, open Open, s Shortener, first string) {
	var codes []string
	unknown := func(text string) {
		if slices.Contains(codes, text) {
			return
		}
		for range 2 {
			if url, err := s.Resolve(text); err == nil {
				t.Errorf("Resolve(%q): %q, but this is no code; the codes are %q", text, url, codes)
			}
		}
	}
	other := open(t, Config{Limit: 200})
	for _, url := range []string{first, "http://go.dev/c", "https://go.dev/d?q=1"} {
		unknown("")
		unknown("z")
		unknown("nothing")
		unknown("https://go.dev/x")
		for i := range 4 {
			code, err := other.Shorten(fmt.Sprint("https://go.dev/other/", i))
			if err != nil {
				t.Fatalf("Shorten: %v", err)
			}
			unknown(code)
		}
		if url == "" {
			continue
		}
		code, err := s.Shorten(url)
		if err != nil {
			t.Fatalf("Shorten(%q): %v", url, err)
		}
		codes = append(codes, code)
		for _, code := range codes {
			unknown(code + "z")
			unknown(code + "zzzzz")
			unknown(code + code)
			unknown(code + "1")
		}
	}
	unknown("")
	unknown("nothing")
	other.Close()
}

// Visits tests that each visit is told, and nothing else.
func Visits(t T, open Open) {
	for _, order := range [][]int{ // of codes; -1 is none
		{0}, {0, 0}, {0, 1}, {0, 1, 0}, {0, 1, 2}, {0, 0, 0, 1, 1, 2}, {2, 1, 0, 2, 1, 0},
		{-1}, {-1, 0}, {0, -1}, {-1, 0, -1, 1, -1, 0}, {0, 0, -1, -1, 1},
	} {
		t.Run(fmt.Sprint(order), func(t T) {
			t.Parallel()
			visits(t, open, order)
		})
	}
}

func visits(t T, open Open, order []int) {
	var mu sync.Mutex
	var got, want []string
	s := open(t, Config{Limit: 200, Visit: func(code string) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, code)
	}})
	t.Cleanup(s.Close)
	var codes []string
	for _, url := range []string{"http://go.dev", "https://go.dev/ref/mem", "https://go.dev/ref/spec"} {
		code, err := s.Shorten(url)
		if err != nil {
			t.Fatalf("Shorten(%q): %v", url, err)
		}
		codes = append(codes, code)
	}
	for _, i := range order {
		if i < 0 {
			text := codes[0] + "z"
			for slices.Contains(codes, text) {
				text += "z"
			}
			s.Resolve(text)
			continue
		}
		if _, err := s.Resolve(codes[i]); err != nil {
			t.Fatalf("Resolve(%q): %v", codes[i], err)
		}
		want = append(want, codes[i])
	}
	s.Close()
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("codes %q were resolved in the order %v: told were %q; want %q", codes, order, got, want)
	}
}
