package paralleltable_test

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"

	"heisenkata/exercises/09-test-suites/03-parallel-table"
)

// A kind of shortener keeps the contract in its own way: the kinds differ in what it leaves open.
type kind struct {
	name string
	open func(limit int, visit func(code string)) paralleltable.Shortener
}

var kinds = []kind{
	{"numbers, visits in line", func(limit int, visit func(string)) paralleltable.Shortener {
		return &shortener{limit: limit, code: number, visited: func(_ *shortener, code string) { visit(code) }, close: func(*shortener) {}}
	}},
	{"hashes, visits in the background", func(limit int, visit func(string)) paralleltable.Shortener {
		return &shortener{limit: limit, code: hash,
			visited: func(s *shortener, code string) { s.visits.Go(func() { visit(code) }) },
			close:   func(s *shortener) { s.visits.Wait() }}
	}},
	{"long codes with blanks, open after Close", func(limit int, visit func(string)) paralleltable.Shortener {
		return &shortener{limit: limit, stays: true, code: sentence, visited: func(s *shortener, code string) { s.whileOpen(code, visit) }, close: func(*shortener) {}}
	}},
	{"codes of one letter, visits in line", func(limit int, visit func(string)) paralleltable.Shortener {
		return &shortener{limit: limit, code: letters, visited: func(_ *shortener, code string) { visit(code) }, close: func(*shortener) {}}
	}},
	{"words, visits at the end", func(limit int, visit func(string)) paralleltable.Shortener {
		return &shortener{limit: limit, code: word, visited: (*shortener).later, close: func(s *shortener) {
			for i := len(s.pending) - 1; i >= 0; i-- {
				visit(s.pending[i])
			}
		}}
	}},
}

func aKind() kind { return kinds[rand.IntN(len(kinds))] }

// A shortener is right.
type shortener struct {
	limit   int
	code    func(s *shortener, url string) string // a code for a new URL
	visited func(s *shortener, code string)
	close   func(s *shortener)
	stays   bool // it goes on after Close, but tells no visits

	mu      sync.Mutex
	urls    map[string]string // by code
	codes   map[string]string // by URL
	closed  bool
	visits  sync.WaitGroup
	pending []string
}

var errRefused = errors.New("refused")

// isGood reports whether a URL is to be shortened.
func isGood(url string, limit int) bool {
	return len(url) <= limit && (strings.HasPrefix(url, "http://") || strings.HasPrefix(url, "https://"))
}

func (s *shortener) Shorten(url string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed && !s.stays || !isGood(url, s.limit) {
		return "no code", fmt.Errorf("%q: %w", url, errRefused)
	}
	if code, ok := s.codes[url]; ok {
		return code, nil
	}
	if s.codes == nil {
		s.urls, s.codes = map[string]string{}, map[string]string{}
	}
	code := s.code(s, url)
	s.urls[code], s.codes[url] = url, code
	return code, nil
}

func (s *shortener) Resolve(code string) (string, error) {
	url, ok := s.find(code)
	if !ok {
		return "https://example.com/none", errRefused
	}
	s.visited(s, code)
	return url, nil
}

func (s *shortener) find(code string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	url, ok := s.urls[code]
	return url, ok && (!s.closed || s.stays)
}

func (s *shortener) whileOpen(code string, visit func(string)) {
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if !closed {
		visit(code)
	}
}

func (s *shortener) later(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = append(s.pending, code)
}

func (s *shortener) Close() {
	s.mu.Lock()
	already := s.closed
	s.closed = true
	s.mu.Unlock()
	if !already {
		s.close(s)
	}
}

func number(s *shortener, _ string) string { return strconv.Itoa(len(s.urls) + 1) }

func hash(s *shortener, url string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(url))
	code := fmt.Sprintf("%08x", h.Sum32())
	for s.urls[code] != "" {
		code += "~"
	}
	return code
}

func word(s *shortener, _ string) string {
	code := ""
	for code == "" || s.urls[code] != "" {
		code += []string{"Tea", "tea", "é-", "a/b", aText(), aText()}[rand.IntN(6)]
	}
	return code
}

// texts are what a suite resolves and no shortener has given it.
type texts struct {
	mu             sync.Mutex
	given, unknown map[string]bool
}

// learnFrom returns the kinds, whose shorteners tell what they are asked.
func (x *texts) learnFrom(kinds []kind) (list []kind) {
	for _, k := range kinds {
		list = append(list, kind{k.name, func(limit int, visit func(string)) paralleltable.Shortener {
			return &listener{k.open(limit, visit), x}
		}})
	}
	return list
}

// A listener notes the codes that a shortener gives, and the texts that it does not resolve.
type listener struct {
	paralleltable.Shortener
	*texts
}

func (l *listener) Shorten(url string) (string, error) {
	code, err := l.Shortener.Shorten(url)
	if err == nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.given[code] = true
	}
	return code, err
}

func (l *listener) Resolve(code string) (string, error) {
	url, err := l.Shortener.Resolve(code)
	if err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.unknown[code] = true
	}
	return url, err
}

// kind gives these texts as codes, but for those that end in a z: a code plus z stays unknown.
func (x *texts) kind() kind {
	return kind{"texts that the suite has resolved as codes", func(limit int, visit func(string)) paralleltable.Shortener {
		return &shortener{limit: limit, code: x.next, visited: func(_ *shortener, code string) { visit(code) }, close: func(*shortener) {}}
	}}
}

// next returns a text that is no code yet.
func (x *texts) next(s *shortener, url string) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	var free []string
	for text := range x.unknown {
		if text != "" && !x.given[text] && !strings.HasSuffix(text, "z") && s.urls[text] == "" {
			free = append(free, text)
		}
	}
	if len(free) == 0 {
		return hash(s, url)
	}
	slices.Sort(free)
	return free[rand.IntN(len(free))]
}

// aText is one of which nothing is known.
func aText() string {
	text := make([]rune, 1+rand.IntN(12))
	for i := range text {
		text[i] = '!' + rune(rand.IntN(0x250-'!'))
	}
	return string(text)
}

func sentence(s *shortener, _ string) string {
	return fmt.Sprintf("the shortened URL that was number %d\nof all the URLs that this shortener has ever shortened", len(s.urls)+1)
}

func letters(s *shortener, _ string) string { return strings.Repeat("z", len(s.urls)+1) }
