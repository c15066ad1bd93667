package harmless

import (
	"strings"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
)

// Limit bounds a text. One of a single line has its ends of lines escaped.
type Limit struct {
	Lines  int
	Length int // characters, of all lines together
}

// maxLine bounds each line of a text of many, in characters.
const maxLine = 1000

const (
	more      = "…"     // ends a line that was cut
	moreLines = "\n[…]" // ends a text that was cut
)

// Of makes text harmless within the limit; a cut text is longer by a mark that
// says so.
func (l Limit) Of(text string) string {
	text = head(text, utf8.UTFMax*(l.Length+maxLine)) // the rest would be cut anyway, and takes its time
	if l.Lines == 1 {
		return shortened(Line(text), l.Length, more)
	}
	lines := strings.Split(Text(text), "\n")
	for i, line := range lines {
		lines[i] = shortened(line, maxLine, more)
	}
	text = strings.Join(lines, "\n")
	if len(lines) > l.Lines { // a mark is no line of its own
		text = strings.Join(lines[:l.Lines], "\n") + moreLines
	}
	return shortened(text, l.Length, moreLines)
}

// shortened cuts text to so many characters and puts a mark there; one that has
// its mark already is left alone.
func shortened(text string, most int, mark string) string {
	if utf8.RuneCountInString(text) <= most+utf8.RuneCountInString(mark) {
		return text
	}
	return string([]rune(text)[:most]) + mark
}

// Head bounds text of any kind, in bytes, and puts a mark where it cuts.
func Head(text string, most int, mark string) string {
	if len(text) <= most+len(mark) {
		return text
	}
	return head(text, most) + mark
}

// head is the beginning of text, so many bytes or a few less: whole characters.
func head(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// perColumn is how many bytes a column of an honest text takes at the most. There are
// characters without any width of their own, and texts of nothing else.
const perColumn = 16

// Cut shortens a harmless line to a number of columns.
func Cut(line string, columns int) string {
	short := head(line, max(columns, 0)*perColumn)
	if short == line && lipgloss.Width(line) <= columns {
		return line
	}
	if columns < 2 {
		return strings.Repeat(more, max(columns, 0))
	}
	return lipgloss.NewStyle().Inline(true).MaxWidth(columns-1).Render(short) + more
}
