package profile

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"charm.land/lipgloss/v2"

	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/harmless"
)

// shades are the heat of a cell, from none to all.
var shades = []string{" ", "░", "▒", "▓", "█"}

// shade is the heat of a rate. Any failure at all is visible.
func shade(rate float64) string {
	if rate == 0 {
		return shades[0]
	}
	return shades[min(len(shades)-1, 1+int(rate*float64(len(shades)-1)))]
}

func (c Cell) rate() float64 {
	if c.Runs == 0 {
		return 0
	}
	return float64(c.Failures) / float64(c.Runs)
}

// percent is a rate for people: never 0 % or 100 % unless it is so.
func percent(failures, runs int) string {
	if runs == 0 {
		return "–"
	}
	rate := 100 * float64(failures) / float64(runs)
	switch {
	case failures == 0:
		return "0 %"
	case rate < 1:
		return "<1 %"
	case failures < runs && rate > 99:
		return ">99 %"
	}
	return fmt.Sprintf("%.0f %%", rate)
}

// bounds are those of the rate with 95 % confidence.
func (c Cell) bounds() string {
	if c.Runs == 0 {
		return "not run"
	}
	return fmt.Sprintf("%.0f–%.0f %%", 100*c.Low, 100*c.High)
}

const (
	nameColumns = 13
	cellColumns = 15
)

// WriteTerminal writes a heat map for people.
func WriteTerminal(w io.Writer, r Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n\n", harmless.Line(r.Package), lipgloss.NewStyle().Bold(true).Render(harmless.Line(r.Test)))
	fmt.Fprintf(&b, "%-*s", nameColumns, "GOMAXPROCS")
	for i, n := range Processors {
		fmt.Fprintf(&b, "%-*d", cellColumns*min(1, len(Processors)-1-i), n)
	}
	b.WriteString("\n")
	for _, row := range r.Rows {
		writeRow(&b, row)
	}
	fmt.Fprintf(&b, "\nShare of runs that fail, each in its own process; below it, bounds with 95 %%\nconfidence. %s\n%s\n", counted(r), strings.Join(legend, "\n"))
	b.WriteString(beside(r))
	_, err := lipgloss.Fprint(w, b.String())
	return err
}

func writeRow(b *strings.Builder, row Row) {
	hot, faint := lipgloss.NewStyle().Foreground(lipgloss.Red), lipgloss.NewStyle().Faint(true)
	first, second := fmt.Sprintf("%-*s", nameColumns, row.Name), strings.Repeat(" ", nameColumns)
	for _, c := range row.Cells {
		bar := strings.Repeat(shade(c.rate()), 4)
		first += hot.Render(bar) + fmt.Sprintf(" %-*s", cellColumns-5, percent(c.Failures, c.Runs))
		second += fmt.Sprintf("%-*s", cellColumns, "     "+c.bounds())
	}
	b.WriteString(strings.TrimRight(first, " ") + "\n" + faint.Render(strings.TrimRight(second, " ")) + "\n")
}

// legend explains those rows whose names do not.
var legend = []string{
	"A log line is added to each function; with pauses: before each statement, as in",
	"a debugger; all tests: those of the package, in one process.",
}

// counted says how many runs there were.
func counted(r Report) string {
	runs, least, most := 0, -1, 0
	for _, row := range r.Rows {
		for _, c := range row.Cells {
			runs += c.Runs
			most = max(most, c.Runs)
			if least < 0 || c.Runs < least {
				least = c.Runs
			}
		}
	}
	return fmt.Sprintf("%d runs in %.0f s, %d to %d a cell.", runs, r.Seconds, max(least, 0), most)
}

// beside says what exploring the test has come to.
func beside(r Report) string {
	t := r.Explored
	switch {
	case t == nil:
		return ""
	case t.Verdict.Found():
		return fmt.Sprintf("Explored: schedule %d breaks it, every time.\n", cmp.Or(t.Number, t.Schedules))
	case t.Verdict == explored.Pass:
		return "Explored: " + explored.Covered(*t) + ".\n"
	}
	return "Explored: " + harmless.Line(string(t.Verdict)) + ".\n"
}

// WriteJSON writes a profile for programs.
func WriteJSON(w io.Writer, r Report) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// Of the picture, in pixels.
const (
	svgName, svgCell, svgRow, svgHead, svgLine = 130, 120, 44, 64, 20
)

// WriteSVG writes a heat map for a slide. Each cell has its rate as text too.
func WriteSVG(w io.Writer, r Report) error {
	var b strings.Builder
	width, height := svgName+svgCell*len(Processors)+20, svgHead+svgRow*len(r.Rows)+40+svgLine*(len(legend)+1)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="system-ui, sans-serif" font-size="14" role="img" aria-label="%s">`+"\n", width, height, width, height, escaped("How often "+r.Test+" fails"))
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="#fff"/><text x="10" y="22" font-size="16" font-weight="bold">%s</text>`+"\n", escaped(r.Test))
	svgText(&b, 10, 50, "GOMAXPROCS")
	for i, n := range Processors {
		svgText(&b, svgName+svgCell*i, 50, fmt.Sprint(n))
	}
	for i, row := range r.Rows {
		y := svgHead + svgRow*i
		svgText(&b, 10, y+24, row.Name)
		for j, c := range row.Cells {
			x := svgName + svgCell*j
			fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="%d" fill="#d33" fill-opacity="%.2f" stroke="#999"/>`+"\n", x, y, svgCell-6, svgRow-6, opacity(c.rate()))
			svgText(&b, x+8, y+17, percent(c.Failures, c.Runs))
			fmt.Fprintf(&b, `<text x="%d" y="%d" font-size="11" fill="#333">%s</text>`+"\n", x+8, y+32, escaped(c.bounds()))
		}
	}
	below := append([]string{"Share of runs that fail, each in its own process; below it, bounds with 95 % confidence."}, legend...)
	for i, text := range append(below, strings.TrimSpace(counted(r)+" "+beside(r))) {
		svgText(&b, 10, height-14-svgLine*(len(below)-i), text)
	}
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func svgText(b *strings.Builder, x, y int, text string) {
	fmt.Fprintf(b, `<text x="%d" y="%d">%s</text>`+"\n", x, y, escaped(text))
}

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func escaped(text string) string { return escapes.Replace(harmless.Line(text)) }

// opacity is the heat of a cell. Any failure at all is visible.
func opacity(rate float64) float64 {
	if rate == 0 {
		return 0
	}
	return 0.12 + 0.63*rate
}
