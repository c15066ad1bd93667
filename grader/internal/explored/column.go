package explored

import (
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
)

// maxIndent is how far the last goroutine of a column stands to the right.
const maxIndent = 12

// maxWaiting is how many goroutines the end of a column lists.
const maxWaiting = 12

// column draws the picture where lanes have no room: each line has its
// goroutine's name, and stands further to the right the higher its number.
func (p picture) column(columns int) (lines []line) {
	for _, l := range p.lanes {
		if name, what, ok := strings.Cut(p.title(l), " "); ok {
			name = padded(name, p.nameWidth()) + " "
			lines = append(lines, line{{name, bold}, {cut(what, columns-len(name)), faint}})
		} else if lastOf(p.rows, l.goroutine) < 0 && !p.waits(l.goroutine) {
			lines = append(lines, line{{name, bold}})
		}
	}
	for i, r := range p.rows {
		if r.decisive != "" {
			lines = append(lines, rule(r.decisive, columns, warn)...)
		}
		lines = append(lines, p.columnRow(i, columns)...)
	}
	return append(lines, p.columnEnd(columns)...)
}

func (p picture) waits(goroutine int) bool {
	return slices.ContainsFunc(p.end.waiting, func(w Waiting) bool { return w.Goroutine == goroutine })
}

func (p picture) nameWidth() (columns int) {
	for _, l := range p.lanes {
		columns = max(columns, len(Name(l.goroutine)))
	}
	return columns
}

// columnRow names the goroutine only where it changes.
func (p picture) columnRow(i, columns int) []line {
	r := p.rows[i]
	if r.kind != ran {
		margin := p.gutter() + lipgloss.Width(between)
		return []line{{{strings.Repeat(" ", margin) + cut(r.source, columns-margin), warn}}}
	}
	name := Name(r.goroutine)
	if i > 0 && p.rows[i-1].kind == ran && p.rows[i-1].goroutine == r.goroutine && r.decisive == "" {
		name = ""
	}
	return p.columnCell(p.place(r.file, r.line), name, p.indentOf(r.goroutine), columns, r.cell)
}

func (p picture) indentOf(goroutine int) int {
	for i, l := range p.lanes {
		if l.goroutine == goroutine {
			return min(2*i, maxIndent)
		}
	}
	return 0
}

// columnCell draws a cell behind its position and its goroutine's name.
func (p picture) columnCell(position, name string, indent, columns int, cell func(int) []span) (lines []line) {
	gutter := p.gutter()
	label := strings.Repeat(" ", indent) + padded(name, p.nameWidth())
	for _, s := range cell(max(columns-gutter-lipgloss.Width(label)-4, 8)) {
		pad := strings.Repeat(" ", max(gutter-lipgloss.Width(position), 0))
		lines = append(lines, line{{pad + position + " │ ", faint}, {label + " ", bold}, s})
		position, label = "", strings.Repeat(" ", lipgloss.Width(label))
	}
	return lines
}

func (p picture) columnEnd(columns int) []line {
	lines := rule(p.end.title, columns, bad)
	for i, w := range p.end.waiting {
		if i == maxWaiting {
			lines = append(lines, line{{"… and " + count(len(p.end.waiting)-i, "goroutine") + " more", faint}})
			break
		}
		w = p.told(w)
		position := p.place(w.File, w.Line)
		w.File, w.Line = "", 0 // the gutter has it
		cell := func(columns int) []span { return p.waitCell(w, columns) }
		lines = append(lines, p.columnCell(position, Name(w.Goroutine), p.indentOf(w.Goroutine), columns, cell)...)
	}
	return lines
}
