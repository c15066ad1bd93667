package testing

import (
	"fmt"
	"strconv"
	"strings"
)

// names makes the names of subtests unique, by the rules of package testing. It
// is a list, since the race detector would see a map.
type names struct {
	guard guard
	list  *named
}

type named struct {
	base string
	n    int // how often it was asked for
	next *named
}

// unique makes a name for a subtest of parent, with a number if need be.
func (m *names) unique(parent, subname string) string {
	base := parent + "/" + subname
	if m == nil {
		return base // of a mock
	}
	for {
		n := m.ask(base)
		if n == 0 && subname != "" {
			if prefix, nn := subtestNumber(base); len(prefix) < len(base) && nn < m.asked(prefix) {
				continue // "sub#01" by name, when the second "sub" has it already
			}
			return base
		}
		if name := fmt.Sprintf("%s#%02d", base, n); m.asked(name) == 0 {
			return name
		}
	}
}

// ask counts a name, and tells how often it was asked for before.
//
//go:norace
func (m *names) ask(base string) int {
	m.guard.lock()
	defer m.guard.unlock()
	x := m.find(base)
	if x == nil {
		x = &named{base: base, next: m.list}
		m.list = x
	}
	x.n++
	return x.n - 1
}

//go:norace
func (m *names) asked(name string) int {
	m.guard.lock()
	defer m.guard.unlock()
	if x := m.find(name); x != nil {
		return x.n
	}
	return 0
}

//go:norace
func (m *names) find(name string) *named {
	for x := m.list; x != nil; x = x.next {
		if x.base == name {
			return x
		}
	}
	return nil
}

// subtestNumber splits a name into what "%s#%02d" was made from, if it was.
func subtestNumber(s string) (prefix string, n int) {
	prefix, suffix, found := cutLast(s, "#")
	if !found || len(suffix) < 2 || len(suffix) > 2 && suffix[0] == '0' {
		return s, 0
	}
	if suffix == "00" && !strings.HasSuffix(prefix, "/") {
		return s, 0 // the number of a subtest without a name only
	}
	number, err := strconv.ParseInt(suffix, 10, 32)
	if err != nil || number < 0 {
		return s, 0
	}
	return prefix, int(number)
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// rewrite replaces spaces by underscores, and what can not be printed by escapes.
func rewrite(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case isSpace(r):
			b.WriteByte('_')
		case !strconv.IsPrint(r):
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isSpace is not unicode.IsSpace: package testing has its own list.
func isSpace(r rune) bool {
	switch r {
	case '\t', '\n', '\v', '\f', '\r', ' ', 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000:
		return true
	}
	return 0x2000 <= r && r <= 0x200a
}
