package explored

import (
	"strings"

	"charm.land/lipgloss/v2"

	"heisenkata/grader/internal/harmless"
)

// look is how a piece of text is to appear. Colour says again what a word or a
// sign has said, so that nothing is lost without it.
type look int

const (
	plain look = iota
	good
	bad
	faint
	bold
	code
	warn
)

var styles = map[look]lipgloss.Style{
	good:  lipgloss.NewStyle().Foreground(lipgloss.Green),
	bad:   lipgloss.NewStyle().Foreground(lipgloss.Red).Bold(true),
	faint: lipgloss.NewStyle().Faint(true),
	bold:  lipgloss.NewStyle().Bold(true),
	code:  lipgloss.NewStyle().Foreground(lipgloss.Cyan),
	warn:  lipgloss.NewStyle().Foreground(lipgloss.Yellow).Bold(true),
}

// span is a piece of a line, and line is one line of output.
type (
	span struct {
		text string
		look look
	}
	line []span
)

// String is the line without colour.
func (l line) String() string { return l.render(false) }

// render writes a line, without blanks at its end.
func (l line) render(colour bool) string { return harmless.Uncommanding(l.painted(colour)) }

func (l line) painted(colour bool) string {
	for len(l) > 0 && strings.TrimSpace(l[len(l)-1].text) == "" {
		l = l[:len(l)-1]
	}
	var b strings.Builder
	for i, s := range l {
		text := s.text
		if i == len(l)-1 {
			text = strings.TrimRight(text, " ")
		}
		if style, ok := styles[s.look]; ok && colour && strings.TrimSpace(text) != "" {
			text = style.Render(text)
		}
		b.WriteString(text)
	}
	return b.String()
}

// rule is a line across the picture that says something.
func rule(text string, columns int, l look) []line {
	var lines []line
	for _, part := range wrapped(text, columns-6) {
		lead := "━━ " + part + " "
		lines = append(lines, line{{lead + strings.Repeat("━", max(columns-lipgloss.Width(lead), 0)), l}})
	}
	return lines
}
