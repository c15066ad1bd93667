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
	"unicode/utf8"

	"heisenkata/exercises/09-test-suites/03-parallel-table"
	"heisenkata/exercises/internal/life"
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
	{"codes of z, visits in line", func(limit int, visit func(string)) paralleltable.Shortener {
		return &shortener{limit: limit, code: letters, visited: func(_ *shortener, code string) { visit(code) }, close: func(*shortener) {}}
	}},
	{"short codes, visits in line", func(limit int, visit func(string)) paralleltable.Shortener {
		return &shortener{limit: limit, code: short, visited: func(_ *shortener, code string) { visit(code) }, close: func(*shortener) {}}
	}},
	{"codes of any bytes, visits in line", func(limit int, visit func(string)) paralleltable.Shortener {
		return &shortener{limit: limit, code: anything, visited: func(_ *shortener, code string) { visit(code) }, close: func(*shortener) {}}
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

// short returns a code of a few letters, as a test may take one for unknown.
func short(s *shortener, _ string) string {
	code := ""
	for code == "" || s.urls[code] != "" {
		code = ""
		for range 1 + rand.IntN(4) {
			code += string(rune('a' + rand.IntN(26)))
		}
	}
	return code
}

// anything returns a code of any bytes and of any length.
func anything(s *shortener, _ string) string {
	r := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	code := ""
	for code == "" || s.urls[code] != "" {
		switch rand.IntN(6) {
		case 0:
			code += life.Word(r)
		case 1:
			twins := life.Twins(r)
			code += twins[rand.IntN(len(twins))]
		case 2:
			code += strings.Repeat(aText()[:1], life.Length(r, 1<<15))
		default:
			code += aText()
		}
	}
	return code
}

// texts are what a suite resolves although no shortener has given it.
type texts struct {
	mu      sync.Mutex
	given   map[string]bool
	unknown map[string]map[string]bool // the kinds that were asked when they had given a code
	behind  map[string]bool            // what such a text has behind a given code
}

func newTexts() *texts {
	return &texts{given: map[string]bool{}, unknown: map[string]map[string]bool{}, behind: map[string]bool{}}
}

// learnFrom returns the kinds, whose shorteners tell what they are asked.
func (x *texts) learnFrom(kinds []kind) (list []kind) {
	for _, k := range kinds {
		list = append(list, kind{k.name, func(limit int, visit func(string)) paralleltable.Shortener {
			return &listener{Shortener: k.open(limit, visit), texts: x, kind: k.name}
		}})
	}
	return list
}

// A listener notes the codes that a shortener gives, and the texts that it does not resolve.
type listener struct {
	paralleltable.Shortener
	*texts
	kind  string
	codes []string
}

func (l *listener) Shorten(url string) (string, error) {
	code, err := l.Shortener.Shorten(url)
	if err == nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.given[code] = true
		l.codes = append(l.codes, code)
	}
	return code, err
}

func (l *listener) Resolve(code string) (string, error) {
	url, err := l.Shortener.Resolve(code)
	if err != nil && code != "" {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.refused(code)
	}
	return url, err
}

func (l *listener) refused(text string) {
	if l.unknown[text] == nil {
		l.unknown[text] = map[string]bool{}
	}
	for _, code := range l.codes {
		l.unknown[text][l.kind] = true
		if behind, ok := strings.CutPrefix(text, code); ok {
			l.behind[behind] = true
		}
	}
}

// kind gives these texts as codes, but for a code of its own plus z: that is unknown unless it was given.
func (x *texts) kind() kind {
	return kind{"texts that the suite has resolved as codes", func(limit int, visit func(string)) paralleltable.Shortener {
		return &shortener{limit: limit, code: x.next, visited: func(_ *shortener, code string) { visit(code) }, close: func(*shortener) {}}
	}}
}

// next returns a text that is no code yet: as a rule one that several kinds were asked for, although they had given
// codes. So the suite takes it for unknown, whatever the codes are. Or it has something behind a code that the suite
// puts there.
func (x *texts) next(s *shortener, url string) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	var fixed, longer, free []string
	add := func(list *[]string, text string) {
		plain, z := strings.CutSuffix(text, "z")
		if s.urls[text] == "" && (!z || s.urls[plain] == "") {
			*list = append(*list, text)
		}
	}
	for text, kinds := range x.unknown {
		if len(kinds) > 1 {
			add(&fixed, text)
		} else if !x.given[text] {
			add(&free, text)
		}
	}
	for code := range s.urls {
		for behind := range x.behind {
			add(&longer, code+behind)
		}
	}
	switch {
	case len(fixed) > 0 && rand.IntN(8) > 0:
		free = fixed
	case len(longer) > 0 && rand.IntN(2) == 0:
		free = longer
	case len(free) == 0:
		return hash(s, url)
	}
	slices.Sort(free)
	return free[rand.IntN(len(free))]
}

// aText is one of which nothing is known.
func aText() string {
	text := ""
	for range 1 + rand.IntN(12) {
		switch rand.IntN(5) {
		case 0:
			text += string(rune(rand.IntN(' ')))
		case 1:
			text += string(rune(rand.IntN(utf8.MaxRune + 1)))
		case 2:
			text += string([]byte{byte(rand.IntN(256))})
		case 3:
			text += string('!' + rune(rand.IntN(0x250-'!')))
		default:
			text += string(' ' + rune(rand.IntN(0x80-' ')))
		}
	}
	return text
}

func sentence(s *shortener, _ string) string {
	return fmt.Sprintf("the shortened URL that was number %d\nof all the URLs that this shortener has ever shortened", len(s.urls)+1)
}

// letters returns a code that is another one plus some z, or without them.
func letters(s *shortener, _ string) string {
	code := ""
	for code == "" || s.urls[code] != "" {
		code = strings.Repeat("z", 1+rand.IntN(2*len(s.urls)+2))
	}
	return code
}
