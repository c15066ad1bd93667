package explored

import (
	"fmt"
	"strings"
)

// nameHurt puts words to the switch that hurts, once all rows are known: what
// makes it hurt is often that the goroutine left had not finished its line.
func nameHurt(rows []row, trace []Step) {
	for i := range rows {
		if rows[i].hurts != "" {
			rows[i].hurts = "◀ " + hurtWords(rows, i, trace)
			return
		}
	}
}

func hurtWords(rows []row, at int, trace []Step) string {
	taker := "here " + who(rows[at].goroutine) + " takes over"
	if rows[at].kind == slip {
		taker = "here time passes"
	}
	step := hurtingStep(trace)
	left, ok := leftAt(trace, step)
	switch line := leftOnLine(rows, at, left); {
	case !ok || !couldGoOn(trace, step, left):
		if rows[at].kind == slip {
			return taker + ", although somebody could go on"
		}
		return taker
	case line > 0:
		return fmt.Sprintf("%s; %s is still on line %d", taker, who(left), line)
	}
	return fmt.Sprintf("%s; %s could have gone on", taker, who(left))
}

// couldGoOn tells whether the goroutine left at a step is known to have been
// able to go on. The recorder says so of switches; of a time slip it is known
// if the goroutine went on later without having waited.
func couldGoOn(trace []Step, step, left int) bool {
	if trace[step].Goroutine >= 0 || trace[step].Switch {
		return trace[step].Switch
	}
	for _, s := range trace[step+1:] {
		if s.Goroutine == left {
			return !s.Waited
		}
	}
	return false
}

// leftAt is the goroutine that ran before a step.
func leftAt(trace []Step, step int) (goroutine int, ok bool) {
	for i := step - 1; i >= 0; i-- {
		if trace[i].Goroutine >= 0 {
			return trace[i].Goroutine, true
		}
	}
	return 0, false
}

// leftOnLine is the line that a goroutine was on before a row and still is on
// after it, or 0.
func leftOnLine(rows []row, at, goroutine int) int {
	before, after := -1, -1
	for i, r := range rows {
		switch {
		case r.goroutine != goroutine:
		case i < at:
			before = i
		case after < 0:
			after = i
		}
	}
	if before >= 0 && after >= 0 && rows[before].sameLine(rows[after]) && strings.Join(rows[after].notes, "") == "still on this line" {
		return rows[before].line
	}
	return 0
}

// markRaces marks the last row of each access, in two goroutines, and tells
// whether both are in the picture.
func markRaces(rows []row, races []Access) bool {
	marked := map[int]bool{} // goroutines
	for _, a := range races {
		for i := len(rows) - 1; i >= 0; i-- {
			r := &rows[i]
			if r.kind == ran && r.file == a.File && r.line == a.Line && !marked[r.goroutine] && (!ours.MatchString(a.Goroutine) || a.Goroutine == Name(r.goroutine)) {
				r.mark = "◆ " + accesses(a) + " here"
				marked[r.goroutine] = true
				break
			}
		}
	}
	return len(marked) > 1
}

const (
	rowsMost = 40 // longer pictures lose their middle
	rowsHead = 8
	rowsLead = 4 // kept before the switch that hurts, so that one sees what it cuts
)

// elided leaves out the middle of a long picture, but nothing from the switch
// that hurts to the end.
func elided(rows []row) []row {
	from := len(rows) - (rowsMost - rowsHead - 1)
	for i, r := range rows {
		if r.hurts != "" {
			from = min(from, i-rowsLead)
		}
	}
	if len(rows) <= rowsMost || from <= rowsHead+1 {
		return rows
	}
	left := max(rows[from].first-rows[rowsHead].first, from-rowsHead)
	middle := row{kind: gap, goroutine: -1, source: "… " + count(left, "step") + " …"}
	return append(append(append([]row{}, rows[:rowsHead]...), middle), rows[from:]...)
}

func trimmed(source string) string { return strings.TrimSpace(source) }
