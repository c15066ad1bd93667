package attack

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Found tells what an output holds that it must not, or nothing. Characters
// that are allowed beside those that print are named by the caller.
func Found(output, allowed string) (troubles []string) {
	add := func(format string, args ...any) { troubles = append(troubles, fmt.Sprintf(format, args...)) }
	if !utf8.ValidString(output) {
		add("invalid UTF-8")
	}
	for _, r := range output {
		if r != '\n' && !strings.ContainsRune(allowed, r) && !visible(r) {
			add("the character %q", r)
			break
		}
	}
	for line := range strings.Lines(output) {
		if line = strings.TrimSpace(strings.Map(unmarked, line)); strings.HasPrefix(line, "::") {
			add("the command %.60q", line)
		}
	}
	if at := older.FindString(strings.Map(unmarked, output)); at != "" {
		add("the command %.60q", at)
	}
	return troubles
}

var older = regexp.MustCompile(`##\[.*`)

// unmarked leaves out what a reader of commands may pass over.
func unmarked(r rune) rune {
	if unicode.Is(unicode.M, r) {
		return -1
	}
	return r
}

// visible reports whether a character shows, by lists of its own.
func visible(r rune) bool {
	if unicode.In(r, unicode.C, unicode.Zl, unicode.Zp, unicode.Variation_Selector, unicode.Bidi_Control, unicode.Join_Control) {
		return false
	}
	return !strings.ContainsRune("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0", r)
}
