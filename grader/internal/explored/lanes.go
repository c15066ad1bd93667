package explored

import (
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
)

const (
	minLane = 18 // columns; narrower lanes show too little of a line
	between = " │ "
)

// grid is the picture's columns at one width.
type grid struct {
	picture
	columns     int // of the screen
	gutterWidth int
	widths      []int
}

// lines draws the picture: in lanes if there is room, else in one column.
func (p picture) lines(columns int) []line {
	g, ok := p.grid(columns)
	if !ok {
		return p.column(columns)
	}
	return slices.Concat(g.header(), g.body(), g.ending())
}

// grid gives each lane its room. The second value is false if there is too little.
func (p picture) grid(columns int) (grid, bool) {
	room := columns - p.gutter() - lipgloss.Width(between)*len(p.lanes)
	if len(p.lanes)*minLane > room {
		return grid{}, false
	}
	return grid{p, columns, p.gutter(), p.share(room)}, true
}

// share deals out the room: to each lane what it can use, and if that is more
// than there is, the narrow ones get theirs and the others the same.
func (p picture) share(room int) []int {
	widths := make([]int, len(p.lanes))
	order := make([]int, len(p.lanes))
	for i := range p.lanes {
		widths[i], order[i] = p.natural(i), i
	}
	slices.SortFunc(order, func(a, b int) int { return widths[a] - widths[b] })
	for done, i := range order {
		widths[i] = min(widths[i], room/(len(order)-done))
		room -= widths[i]
	}
	for i := range widths { // what is left is for the values beside them
		if room > 0 {
			more := max(0, min(p.besideWidth(i)-widths[i], room))
			widths[i], room = widths[i]+more, room-more
		}
	}
	return widths
}

// besideWidth is the width at which there is also room for what is told beside them.
func (p picture) besideWidth(i int) (columns int) {
	for _, r := range p.rows {
		if r.goroutine == p.lanes[i].goroutine && r.beside() != "" {
			text, _ := r.withBeside(0)
			columns = max(columns, lipgloss.Width(text))
		}
	}
	return columns
}

// natural is the width at which a lane's source lines are whole.
func (p picture) natural(i int) int {
	columns := max(minLane, lipgloss.Width(p.title(p.lanes[i])))
	for _, r := range p.rows {
		if r.goroutine == p.lanes[i].goroutine {
			for _, s := range r.lines(0) {
				columns = max(columns, lipgloss.Width(s.text))
			}
		}
	}
	for _, w := range p.end.waiting {
		if w.Goroutine == p.lanes[i].goroutine {
			for _, s := range p.waitCell(p.told(w), 0) {
				columns = max(columns, lipgloss.Width(s.text))
			}
		}
	}
	return columns
}

// cell is what a row shows in its lane, one span a line: what is told beside its source is
// below it if there is no room.
func (r row) cell(columns int) []span {
	spans := r.lines(columns)
	if r.beside() == "" {
		return spans
	}
	if text, ok := r.withBeside(columns); ok {
		spans[0].text = text
	} else if !r.terse {
		spans = slices.Insert(spans, 1, noted(strings.TrimPrefix(r.beside(), "· "), columns, faint)...)
	}
	return spans
}

// lines are a row's source, mark and notes; 0 columns is any width.
func (r row) lines(columns int) []span {
	spans := []span{{fitted(r.source, columns), code}}
	if r.mark != "" {
		spans = append(spans, noted(r.mark, columns, bad)...)
	}
	for _, n := range r.notes {
		spans = append(spans, noted(n, columns, faint)...)
	}
	return spans
}

func fitted(text string, columns int) string {
	if columns == 0 {
		return text
	}
	return cut(text, columns)
}

// noted is a note below a source line, indented and wrapped.
func noted(text string, columns int, l look) (spans []span) {
	parts := []string{text}
	if columns > 0 {
		parts = wrapped(text, columns-2)
	}
	for _, part := range parts {
		spans = append(spans, span{"  " + part, l})
	}
	return spans
}

// header says what each lane is.
func (g grid) header() (lines []line) {
	cells := make([][]span, len(g.lanes))
	for i, l := range g.lanes {
		for j, part := range wrapped(g.title(l), g.widths[i]) {
			look := bold
			if j > 0 {
				look = faint
			}
			cells[i] = append(cells[i], span{part, look})
		}
	}
	return append(g.beside("", cells), g.crossing("─┼─"))
}

// crossing is a thin line across all lanes.
func (g grid) crossing(cross string) line {
	text := strings.Repeat("─", g.gutterWidth)
	for _, w := range g.widths {
		text += cross + strings.Repeat("─", w)
	}
	return line{{text, faint}}
}

func (g grid) total() int {
	columns := g.gutterWidth
	for _, w := range g.widths {
		columns += lipgloss.Width(between) + w
	}
	return columns
}

// rule is as long as the lanes are wide, or as its text needs.
func (g grid) rule(text string, l look) []line {
	return rule(text, min(max(g.total(), lipgloss.Width(text)+6), g.columns), l)
}

func (g grid) index(goroutine int) int {
	return slices.IndexFunc(g.lanes, func(l lane) bool { return l.goroutine == goroutine })
}

func (g grid) body() (lines []line) {
	for i, r := range g.rows {
		if r.decisive != "" {
			lines = append(lines, g.rule(r.decisive, warn)...)
		}
		if r.kind != ran {
			lines = append(lines, g.across(r))
			continue
		}
		lines = append(lines, g.row(i)...)
	}
	return lines
}

// across is a row that concerns all lanes.
func (g grid) across(r row) line {
	margin := g.gutterWidth + lipgloss.Width(between)
	return line{{strings.Repeat(" ", margin) + cut(r.source, g.total()-margin), warn}}
}

// row draws a row in its lane, with an arrow from the lane that ran before.
func (g grid) row(i int) []line {
	r := g.rows[i]
	to := g.index(r.goroutine)
	cells := make([][]span, len(g.lanes))
	cells[to] = r.cell(g.widths[to])
	lines := g.beside(g.place(r.file, r.line), cells)
	if i > 0 && g.rows[i-1].kind == ran && g.rows[i-1].goroutine != r.goroutine {
		lines[0] = g.arrow(g.place(r.file, r.line), g.index(g.rows[i-1].goroutine), to, cells[to][0])
	}
	return lines
}

// beside draws cells next to each other, as many lines as the longest needs.
func (g grid) beside(position string, cells [][]span) (lines []line) {
	for n, more := 0, true; more; n++ {
		l := line{{g.gutterText(position), faint}}
		more = false
		for i, cell := range cells {
			text := span{}
			if n < len(cell) {
				text = cell[n]
			}
			l = append(l, span{between, faint}, span{padded(text.text, g.widths[i]), text.look})
			more = more || n+1 < len(cell)
		}
		lines, position = append(lines, l), ""
	}
	return lines
}

func (g grid) gutterText(position string) string {
	return strings.Repeat(" ", max(g.gutterWidth-lipgloss.Width(position), 0)) + position
}

// arrow draws the first line of a row to which another lane hands over.
func (g grid) arrow(position string, from, to int, text span) line {
	l := line{{g.gutterText(position), faint}}
	for i, w := range g.widths {
		l = append(l, span{arrowBefore(i, from, to), faint})
		switch {
		case i == to:
			l = append(l, span{padded(text.text, w), text.look})
		case i == from && from < to:
			l = append(l, span{"╰" + strings.Repeat("─", w-1), faint})
		case i == from:
			l = append(l, span{strings.Repeat("─", w-1) + "╯", faint})
		case min(from, to) < i && i < max(from, to):
			l = append(l, span{strings.Repeat("─", w), faint})
		default:
			l = append(l, span{strings.Repeat(" ", w), plain})
		}
	}
	return l
}

// arrowBefore is what stands between lane i and the one to its left.
func arrowBefore(i, from, to int) string {
	switch {
	case i <= min(from, to) || i > max(from, to):
		return between
	case i == to:
		return "─▶ "
	case i == to+1 && from > to:
		return " ◀─"
	}
	return "─┼─"
}

// ending draws what went wrong and which goroutines wait, side by side.
func (g grid) ending() []line {
	lines := g.rule(g.end.title, bad)
	if len(g.end.waiting) == 0 {
		return lines
	}
	position := ""
	cells := make([][]span, len(g.lanes))
	for _, w := range g.end.waiting {
		i := g.index(w.Goroutine)
		if w = g.told(w); len(g.end.waiting) == 1 {
			position, w.File, w.Line = g.place(w.File, w.Line), "", 0 // the gutter has it
		}
		cells[i] = g.waitCell(w, g.widths[i])
	}
	return append(lines, g.beside(position, cells)...)
}

// told leaves a goroutine's last line out if its last row shows it.
func (p picture) told(w Waiting) Waiting {
	for _, r := range slices.Backward(p.rows) {
		if r.kind == ran && r.goroutine == w.Goroutine {
			if r.file == w.File && r.line == w.Line && r.object == w.Object {
				w.File, w.Line, w.Source = "", 0, ""
			}
			return w
		}
	}
	return w
}

// waitCell is a goroutine's last line, and what it waits for.
func (p picture) waitCell(w Waiting, columns int) []span {
	spans := []span{}
	source := safe(trimmed(w.Source))
	if at := p.place(w.File, w.Line); at != "" {
		source = trimmed(at + ": " + source)
	}
	if source != "" {
		spans = append(spans, span{fitted(source, columns), code})
	}
	return append(spans, noted(endlessWait(w, p.end.waiting), columns, bad)...)
}

// endlessWait says what a goroutine waits for, of all that wait, and which one has it.
func endlessWait(w Waiting, all []Waiting) string {
	text, never := waitsTo(w.Operation, sentence(w.Object))
	if by := heldUp(w, all); by != "" {
		return text + by
	}
	return text + "; " + never
}
