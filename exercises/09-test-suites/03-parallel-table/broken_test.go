package paralleltable_test

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A fault is what goes wrong in a shortener.
type fault struct {
	name  string
	sense func(f *frame, m moment) bool // when it can show

	shorten func(f *frame, m moment, right string) (string, error) // in place of Shorten
	resolve func(f *frame, m moment) (string, error)               // in place of Resolve
	visit   func(f *frame, code string)                            // in place of Visit
	misfire bool                                                   // a visit of a code that does not resolve
	foreign bool                                                   // it needs the codes of all shorteners
}

// A condition says when it goes wrong.
type condition struct {
	name string
	when func(moment) bool
}

// A bug is a fault under a condition.
type bug struct {
	fault
	name string
	when func(moment) bool
}

func (b *bug) hits(f *frame, m moment) bool { return b.sense(f, m) && b.when(m) }

// derive returns a fault under each of the conditions.
func derive(f fault, conditions ...[]condition) (bugs []*bug) {
	for _, c := range slices.Concat(conditions...) {
		bugs = append(bugs, &bug{f, strings.TrimSuffix(f.name+", "+c.name, ", "), c.when})
	}
	return bugs
}

var (
	always  = []condition{{"", func(moment) bool { return true }}}
	numbers = []condition{
		{"the first", func(m moment) bool { return m.number == 1 }},
		{"the second", func(m moment) bool { return m.number == 2 }},
		{"the third", func(m moment) bool { return m.number == 3 }},
	}
	again = []condition{{"the second time", func(m moment) bool { return m.again }}}
	newer = []condition{{"after another URL", func(m moment) bool { return m.newer }}}
	other = []condition{{"after one of another code", func(m moment) bool { return m.others }}}
	after = []condition{
		{"before any good URL", func(m moment) bool { return !m.others }},
		{"after a good URL", func(m moment) bool { return m.others }},
	}
	limits = []condition{
		{"with a limit of less than 100", func(m moment) bool { return m.limit < 100 }},
		{"with a limit of more than 100", func(m moment) bool { return m.limit > 100 }},
	}
	features = ofFeatures()
)

// A feature is something that some URLs have; fold takes it away.
type feature struct {
	name string
	fold func(url string) string

	draw func(choice int) func(url string) string // a fold that a bug draws; nil if it is always the same
}

// drawn returns the fold of a bug in a shortener.
func (x feature) drawn(f *frame) func(url string) string {
	if x.draw != nil {
		return x.draw(f.choice)
	}
	return x.fold
}

func (x feature) has(url string) bool { return x.fold(url) != url }

// cut returns a fold that drops what follows the first of some separators.
func cut(at string) func(string) string {
	return func(url string) string {
		before, _, _ := strings.Cut(url, at)
		return before
	}
}

func truncate(url string) string { return url[:min(len(url), 100)] }

// blank returns a fold that keeps of what follows a separator only that there is something.
func blank(at string) func(string) string {
	return func(url string) string {
		before, behind, _ := strings.Cut(url, at)
		if behind == "" {
			return url
		}
		return before + at + "-"
	}
}

func blankEnd(url string) string {
	if len(url) <= 100 {
		return url
	}
	return truncate(url) + "-"
}

// toASCII returns a fold that has a letter or digit, or nothing, in place of all letters that are not ASCII.
func toASCII(choice int) func(string) string {
	const others = "abcdefghijklmnopqrstuvwxyz0123456789"
	instead := rune(-1) // nothing
	if choice >= 0 && choice < len(others) {
		instead = rune(others[choice])
	}
	return func(url string) string {
		return strings.Map(func(r rune) rune {
			if r >= utf8.RuneSelf {
				return instead
			}
			return r
		}, url)
	}
}

var allFeatures = []feature{
	{name: "http", fold: func(url string) string { return strings.Replace(url, "http://", "https://", 1) }},
	{name: "https", fold: func(url string) string { return strings.Replace(url, "https://", "http://", 1) }},
	{name: "a query", fold: cut("?")},
	{name: "a fragment", fold: cut("#")},
	{name: "a slash at the end", fold: func(url string) string { return strings.TrimSuffix(url, "/") }},
	{name: "a capital letter", fold: strings.ToLower},
	{name: "a letter that is not ASCII", fold: toASCII(-1), draw: toASCII},
	{name: "more than 100 bytes", fold: truncate},
}

// Two URLs may have one of these, and differ in what it says.
var contents = []feature{
	{name: "what the query says", fold: blank("?")},
	{name: "what the fragment says", fold: blank("#")},
	{name: "what follows the first 100 bytes", fold: blankEnd},
}

func ofFeatures() (list []condition) {
	for _, x := range allFeatures {
		list = append(list, condition{"with " + x.name, func(m moment) bool { return x.has(m.url) }})
	}
	return list
}

// What Resolves has to find.
var resolveBugs = slices.Concat(
	derive(fault{name: "a good URL gets no code", sense: good, shorten: refuse}, always, numbers, again, features),
	derive(fault{name: "an equal URL gets another code", sense: all(good, repeated), shorten: another}, always, numbers, features),
	derive(fault{name: "a code does not resolve", sense: good, resolve: fail}, always, numbers, again, newer, features),
	derive(fault{name: "a code leads to another's URL", sense: all(good, several), resolve: mislead}, always, numbers, again, newer, features),
	ofFolds(),
)

// At these a test may give up, in the middle of a case.
var abrupt = slices.Concat(
	derive(fault{name: "a good URL gets no code", sense: good, shorten: refuse}, always, numbers),
	derive(fault{name: "a code does not resolve", sense: good, resolve: fail}, always, numbers),
)

// ofFolds are bugs that confuse URLs, or do not keep a part of them.
func ofFolds() (bugs []*bug) {
	for _, x := range slices.Concat(allFeatures, contents) {
		bugs = append(bugs, derive(fault{name: "URLs that differ only in this get one code: " + x.name, sense: good, shorten: merge(x)}, always)...)
		bugs = append(bugs, derive(fault{name: "a part of a URL is not kept: " + x.name, sense: good, resolve: func(f *frame, m moment) (string, error) {
			return x.drawn(f)(m.url), nil
		}}, always)...)
	}
	return bugs
}

// What Refuses has to find.
var refuseBugs = slices.Concat(
	ofBad(),
	derive(fault{name: "a URL of one byte too many gets a code", sense: all(bad, longBy(1, 1)), shorten: accept}, limits),
	derive(fault{name: "a URL that is as long as the limit gets no code", sense: all(good, exact), shorten: refuse}, always, limits),
	derive(fault{name: "the empty code resolves", sense: all(unknown, emptyCode), resolve: invent}, after),
	derive(fault{name: "an unknown code resolves", sense: all(unknown, noEmptyCode), resolve: invent}, after),
	derive(fault{name: "a code with something behind it resolves", sense: all(unknown, extended), resolve: invent}, always),
	derive(fault{name: "a code of another shortener resolves", sense: all(unknown, foreign), resolve: invent, foreign: true}, always),
)

// ofBad are bugs that give codes to bad URLs of one sort.
func ofBad() (bugs []*bug) {
	for _, sort := range []struct {
		name string
		is   func(f *frame, m moment) bool
	}{
		{"the empty one", func(_ *frame, m moment) bool { return m.url == "" }},
		{"one without a scheme", func(_ *frame, m moment) bool { return m.url != "" && !strings.Contains(m.url, ":") }},
		{"one of another scheme", func(_ *frame, m moment) bool {
			scheme, _, ok := strings.Cut(m.url, "://")
			return ok && !strings.Contains(scheme, "http")
		}},
		{"http:/ with one slash", oneSlash("http:/")},
		{"https:/ with one slash", oneSlash("https:/")},
		{"one behind a blank", func(_ *frame, m moment) bool { return strings.HasPrefix(m.url, " http") }},
		{"one that is too long by one byte", longBy(1, 1)},
		{"one that is too long by 100 bytes or more", longBy(100, 1<<30)},
		{"one that is too long in bytes, but not in letters", func(_ *frame, m moment) bool {
			return len(m.url) > m.limit && utf8.RuneCountInString(m.url) <= m.limit
		}},
	} {
		bugs = append(bugs, derive(fault{name: "a bad URL gets a code: " + sort.name, sense: all(bad, sort.is), shorten: accept}, always, again, after)...)
	}
	return bugs
}

// What Visits has to find.
var visitBugs = slices.Concat(
	derive(fault{name: "a visit is not told", sense: good, visit: func(*frame, string) {}}, always, numbers, again, other),
	derive(fault{name: "a visit is told twice", sense: good, visit: func(f *frame, code string) {
		f.call(code)
		f.call(code)
	}}, always, numbers, again, other),
	derive(fault{name: "a visit is told with another code", sense: good, visit: misname}, always, numbers, again, other),
	derive(fault{name: "a visit of an unknown code is told", sense: unknown, misfire: true}, always, []condition{
		{"before any other visit", func(m moment) bool { return m.number == 1 }},
		{"after a visit", func(m moment) bool { return m.number > 1 }},
	}),
)

func all(senses ...func(*frame, moment) bool) func(*frame, moment) bool {
	return func(f *frame, m moment) bool {
		for _, sense := range senses {
			if !sense(f, m) {
				return false
			}
		}
		return true
	}
}

func good(_ *frame, m moment) bool     { return m.good }
func bad(_ *frame, m moment) bool      { return !m.good && m.code == "" }
func unknown(f *frame, m moment) bool  { return !m.good && m.url == "" }
func repeated(_ *frame, m moment) bool { return m.again }
func several(f *frame, _ moment) bool  { return len(f.urls) > 1 }
func exact(_ *frame, m moment) bool    { return len(m.url) == m.limit }
func foreign(f *frame, m moment) bool  { return f.all.has(m.code) }

func emptyCode(_ *frame, m moment) bool   { return m.code == "" }
func noEmptyCode(_ *frame, m moment) bool { return m.code != "" }

func extended(f *frame, m moment) bool {
	for code := range f.known {
		if strings.HasPrefix(m.code, code) {
			return true
		}
	}
	return false
}

func oneSlash(scheme string) func(*frame, moment) bool {
	return func(_ *frame, m moment) bool {
		return strings.HasPrefix(m.url, scheme) && !strings.HasPrefix(m.url, scheme+"/")
	}
}

func longBy(least, most int) func(*frame, moment) bool {
	return func(_ *frame, m moment) bool {
		good := isGood(m.url, len(m.url))
		return good && len(m.url) >= m.limit+least && len(m.url) <= m.limit+most
	}
}

func refuse(*frame, moment, string) (string, error) { return "", errRefused }

func fail(*frame, moment) (string, error) { return "", errRefused }

// another returns a new code for a URL that has one.
func another(f *frame, _ moment, right string) (string, error) { return f.newCode(right), nil }

func accept(f *frame, m moment, _ string) (string, error) { return f.newCode("x"), nil }

func (f *frame) newCode(code string) string {
	for f.known[code] != "" || code == "x" {
		code += "z"
	}
	return code
}

// merge returns the code of a URL that is the same without the feature.
func merge(x feature) func(*frame, moment, string) (string, error) {
	return func(f *frame, m moment, right string) (string, error) {
		fold := x.drawn(f)
		for _, other := range f.urls {
			if other != m.url && fold(other) == fold(m.url) {
				return f.codes[other], nil
			}
		}
		return right, nil
	}
}

func mislead(f *frame, m moment) (string, error) {
	i := slices.IndexFunc(f.urls, func(url string) bool { return url != m.url })
	return f.urls[i], nil
}

func invent(f *frame, _ moment) (string, error) {
	if len(f.urls) > 0 {
		return f.urls[f.choice%len(f.urls)], nil
	}
	return "https://example.com", nil
}

// misname tells another code that has been given, or one that has not.
func misname(f *frame, code string) {
	name := code + "z"
	f.mu.Lock()
	for other := range f.known {
		if other != code && f.choice%2 == 0 {
			name = other
		}
	}
	f.mu.Unlock()
	f.call(name)
}
