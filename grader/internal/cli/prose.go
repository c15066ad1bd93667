package cli

import (
	"cmp"
	"io"
	"regexp"
	"strings"

	"charm.land/lipgloss/v2"

	"heisenkata/grader/internal/harmless"
)

// What the commands print looks the same everywhere: prose in lines that are
// easy to read and broken between words alone, code and commands in one colour
// and never broken, since they are there to be copied. Colour says again what a
// word or a sign has said, so that nothing is lost without it.
var (
	plain = lipgloss.NewStyle()
	good  = lipgloss.NewStyle().Foreground(lipgloss.Green)
	warn  = lipgloss.NewStyle().Foreground(lipgloss.Yellow)
	bold  = lipgloss.NewStyle().Bold(true)
	faint = lipgloss.NewStyle().Faint(true)
	code  = lipgloss.NewStyle().Foreground(lipgloss.Cyan)
)

const (
	indent       = "    "
	usualColumns = 80
	proseColumns = 110 // longer lines are hard to read
)

// columns is the width of what prose is written to: a terminal's, or a usual one.
func columns(w io.Writer) int {
	return cmp.Or(width(w), usualColumns)
}

// unit matches what a line is broken between: words, and commands in quotes.
var unit = regexp.MustCompile("`[^`]*`\\S*|\\S+")

// broken breaks the lines that are too long. All others stay as they are: they
// may be code.
func broken(text string, columns int) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if lipgloss.Width(line) > columns {
			p := page{columns: columns}
			p.flow("", "", unit.FindAllString(line, -1))
			lines[i] = strings.TrimRight(p.String(), "\n")
		}
	}
	return strings.Join(lines, "\n")
}

// page gathers text in lines of at most so many columns.
type page struct {
	strings.Builder
	columns int
}

func newPage(w io.Writer) *page { return &page{columns: min(columns(w), proseColumns)} }

// line writes one line as it is.
func (p *page) line(parts ...string) {
	p.WriteString(strings.Join(parts, "") + "\n")
}

// prose writes text in as many lines as it takes. The first begins with first,
// the others are indented as far.
func (p *page) prose(first, text string, style lipgloss.Style) {
	p.flow(first, strings.Repeat(" ", lipgloss.Width(first)), words(text, style))
}

// flow fills lines with words.
func (p *page) flow(first, further string, words []string) {
	line, empty := first, true
	for _, word := range words {
		if !empty && lipgloss.Width(line)+1+lipgloss.Width(word) > p.columns {
			p.line(line)
			line, empty = further, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	p.line(strings.TrimRight(line, " "))
}

// words are the words of a text, made harmless, each in a style.
func words(text string, style lipgloss.Style) (styled []string) {
	for word := range strings.FieldsSeq(harmless.Text(text)) {
		styled = append(styled, style.Render(word))
	}
	return styled
}

// show writes the page, with its colours on a terminal.
func (p *page) show(w io.Writer) error { return paint(w, harmless.Uncommanding(p.String())) }
