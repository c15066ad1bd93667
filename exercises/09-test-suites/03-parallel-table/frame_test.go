package paralleltable_test

import (
	"slices"
	"sync"

	"heisenkata/exercises/09-test-suites/03-parallel-table"
	"heisenkata/exercises/internal/subtests"
)

// A sealed shortener is what a suite sees, of every shortener: none prints like another. They cannot be compared.
type sealed struct {
	*hidden
	_ [0]func()
}

type hidden struct {
	inner paralleltable.Shortener
	owner *subtests.T // the test that has opened it

	mu     sync.Mutex
	closed bool
	late   bool // it was closed after its owner had ended
}

func (s sealed) Shorten(url string) (string, error)  { return s.inner.Shorten(url) }
func (s sealed) Resolve(code string) (string, error) { return s.inner.Resolve(code) }

func (s sealed) Close() {
	s.inner.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.late = s.late || !s.closed && s.owner.Ended()
	s.closed = true
}

// left reports whether its owner has ended without closing it.
func (s sealed) left() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.closed || s.late
}

// A moment is all that a condition can depend on.
type moment struct {
	url    string // that is shortened, or that a code leads to
	code   string // that is resolved
	number int    // of the good URL, from 1; of a visit in the order of Resolve
	again  bool   // the URL was shortened, or the code resolved, before
	good   bool   // the URL is to be shortened, or the code to be resolved
	others bool   // other good URLs have been shortened, or another code was resolved last
	newer  bool   // a good URL was shortened after this one
	limit  int
}

// A frame is a right shortener with a bug, or without.
type frame struct {
	inner  paralleltable.Shortener
	config paralleltable.Config
	bug    *bug
	choice int // how the bug shows, if that is open
	all    *registry

	mu       sync.Mutex
	urls     []string          // good ones, in order
	bad      []string          // bad ones, in order
	codes    map[string]string // by URL
	known    map[string]string // URLs by code
	resolved []string          // codes, in the order of Resolve
	plans    map[string][]func(f *frame, code string)
}

// A registry has the codes of all shorteners of a run.
type registry struct {
	mu    sync.Mutex
	codes map[string]*frame
}

func (r *registry) add(code string, f *frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.codes[code] = f
}

func (r *registry) has(code string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.codes[code] != nil
}

func newFrame(k kind, b *bug, choice int, all *registry, c paralleltable.Config) *frame {
	f := &frame{config: c, bug: b, choice: choice, all: all,
		codes: map[string]string{}, known: map[string]string{}, plans: map[string][]func(*frame, string){}}
	f.inner = k.open(c.Limit, f.visited)
	return f
}

func (f *frame) Close() { f.inner.Close() }

func (f *frame) Shorten(url string) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := f.shortening(url)
	code, err := f.inner.Shorten(url)
	if err == nil && !slices.Contains(f.urls, url) {
		f.urls = append(f.urls, url)
	}
	if err != nil {
		f.bad = append(f.bad, url)
	}
	if f.bug != nil && f.bug.shorten != nil && f.bug.hits(f, m) {
		code, err = f.bug.shorten(f, m, code)
	}
	if err == nil {
		f.codes[url], f.known[code] = code, url
		if f.bug != nil && f.bug.foreign {
			f.all.add(code, f)
		}
	}
	return code, err
}

func (f *frame) shortening(url string) moment {
	m := moment{url: url, limit: f.config.Limit, good: isGood(url, f.config.Limit), others: len(f.urls) > 0}
	m.number = slices.Index(f.urls, url) + 1
	m.again = m.number > 0 || slices.Contains(f.bad, url)
	if m.number == 0 {
		m.number = len(f.urls) + 1
	}
	return m
}

func (f *frame) Resolve(code string) (string, error) {
	if url, err, done := f.resolve(code); done {
		return url, err
	}
	return f.inner.Resolve(code)
}

// resolve does what a bug does in place of Resolve, and plans what becomes of the visit.
func (f *frame) resolve(code string) (url string, err error, done bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := f.resolving(code)
	if m.good {
		f.resolved = append(f.resolved, code)
	}
	if f.bug == nil {
		return "", nil, false
	}
	hits := f.bug.hits(f, m)
	if f.bug.visit != nil && m.good {
		plan := rightVisit
		if hits {
			plan = f.bug.visit
		}
		f.plans[code] = append(f.plans[code], plan)
	}
	if f.bug.misfire && hits {
		f.mu.Unlock()
		f.call(code)
		f.mu.Lock()
	}
	if f.bug.resolve != nil && hits {
		url, err = f.bug.resolve(f, m)
		return url, err, true
	}
	if _, inner := f.codeOf(code); m.good && !inner { // a code that a bug has made up
		return m.url, nil, true
	}
	return "", nil, false
}

// codeOf reports whether the inner shortener has a code too.
func (f *frame) codeOf(code string) (string, bool) {
	inner, err := f.inner.Shorten(f.known[code])
	return inner, err == nil && inner == code
}

func (f *frame) resolving(code string) moment {
	url, known := f.known[code]
	m := moment{url: url, code: code, good: known, limit: f.config.Limit, again: slices.Contains(f.resolved, code), others: len(f.urls) > 0}
	m.number = slices.Index(f.urls, url) + 1
	m.newer = known && m.number < len(f.urls)
	if f.bug != nil && (f.bug.visit != nil || f.bug.misfire) {
		m.number = len(f.resolved) + 1
		m.others = len(f.resolved) > 0 && f.resolved[len(f.resolved)-1] != code
	}
	return m
}

// visited is what the inner shortener calls.
func (f *frame) visited(code string) { f.planned(code)(f, code) }

func (f *frame) planned(code string) func(*frame, string) {
	if f.bug == nil || f.bug.visit == nil {
		return rightVisit
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	plan := f.plans[code][0]
	f.plans[code] = f.plans[code][1:]
	return plan
}

func rightVisit(f *frame, code string) { f.call(code) }

func (f *frame) call(code string) {
	if f.config.Visit != nil {
		f.config.Visit(code)
	}
}
