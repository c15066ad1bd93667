package history

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// story describes events that no order explains: which result stands out, and
// a table of the calls in the order of what was observed, with a column for
// each goroutine.
func story(initial any, events []event) string {
	return sentence(initial, events) + "\n\n" + table(events)
}

func sentence(initial any, events []event) string {
	calls := 0
	for _, e := range events {
		if e.moment == 0 {
			calls++
		}
	}
	at, could := odd(initial, events)
	if len(could) == 0 {
		return fmt.Sprintf("No order of these %d calls explains what they returned.", calls)
	}
	var values []string
	for _, out := range could {
		values = append(values, show(out))
	}
	return fmt.Sprintf("No order of these %d calls explains that %s %s; expected %s.", calls, at.Name, verb(at), strings.Join(values, " or "))
}

// verb describes the outcome of an event.
func verb(e event) string {
	switch {
	case e.more:
		return "reached: " + show(e.out)
	case e.out == nil:
		return "returned"
	}
	return "returned " + show(e.out)
}

func show(out any) string {
	text := fmt.Sprintf("%+v", out)
	if out == nil || strings.TrimSpace(text) == "" {
		return "nothing"
	}
	return text
}

// A row of the table shows that a call began, ended, or both.
type row struct {
	tick   int64
	column int
	text   string
}

func rows(events []event) (all []row) {
	var ticks []int64
	for _, e := range events {
		ticks = append(ticks, e.begin, e.end)
	}
	slices.Sort(ticks)
	ticks = slices.Compact(ticks) // the steps of a silent call have the same ones
	for _, e := range events {
		if e.silent && e.moment > 0 {
			continue
		}
		begin, _ := slices.BinarySearch(ticks, e.begin)
		end, _ := slices.BinarySearch(ticks, e.end)
		whole := end == begin+1
		switch {
		case whole && e.moment == 0 && e.out == nil && !e.more:
			all = append(all, row{e.begin, e.column, e.Name})
		case whole && e.moment == 0 && !e.more:
			all = append(all, row{e.begin, e.column, e.Name + " = " + show(e.out)})
		default:
			if e.moment == 0 {
				all = append(all, row{e.begin, e.column, e.Name + " …"})
			}
			all = append(all, row{e.end, e.column, "… " + verb(e)})
		}
	}
	slices.SortFunc(all, func(a, b row) int { return int(a.tick - b.tick) })
	return all
}

// table formats rows in columns, one for each caller. Calls before the goroutines
// start and after they have ended start at the left margin.
func table(events []event) string {
	all := rows(events)
	callers := 0
	for _, r := range all {
		callers = max(callers, r.column)
	}
	g := grid{widths: make([]int, callers)}
	for i := range g.widths {
		g.widths[i] = len("caller A")
	}
	for _, r := range all {
		if r.column > 0 {
			g.widths[r.column-1] = min(max(g.widths[r.column-1], utf8.RuneCountInString(r.text)), widest/callers)
		}
	}
	headed := false
	for _, r := range all {
		if r.column == 0 {
			g.WriteString("  " + r.text + "\n")
			continue
		}
		if !headed {
			g.header()
			headed = true
		}
		g.row(r)
	}
	return strings.TrimRight(g.String(), "\n")
}

// widest is the maximum width of a table, in columns of text; it fits a
// terminal of 80.
const widest = 72

type grid struct {
	strings.Builder
	widths []int
}

func (g *grid) header() {
	var text strings.Builder
	for i, width := range g.widths {
		fmt.Fprintf(&text, "%-*s  ", width, "caller "+string(rune('A'+i)))
	}
	g.WriteString("  " + strings.TrimRight(text.String(), " ") + "\n")
}

// row writes the text of a row in its column, on as many lines as needed.
func (g *grid) row(r row) {
	left := 2
	for _, width := range g.widths[:r.column-1] {
		left += width + 2
	}
	for _, part := range wrapped(r.text, g.widths[r.column-1]) {
		g.WriteString(strings.Repeat(" ", left) + part + "\n")
	}
}

// wrapped breaks text at spaces, and indents all lines but the first.
func wrapped(text string, columns int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line+" "+word) > columns:
			lines = append(lines, line)
			line = "  " + word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}
