package explored

import (
	"fmt"
	"slices"
	"strings"
)

// nameDecisive puts words to the decisive switch, once all rows are known: what
// makes it decisive is often that the goroutine left had not finished its line.
func nameDecisive(rows []row, trace []Step) {
	for i := range rows {
		if rows[i].decisive != "" {
			if rows[i].decisive = decisiveWords(rows, i, trace); rows[i].decisive != "" { // else the arrow says it
				rows[i].decisive = "◀ " + rows[i].decisive
			}
			return
		}
	}
}

func decisiveWords(rows []row, at int, trace []Step) string {
	taker := "here " + who(rows[at].goroutine) + " takes over"
	if rows[at].kind == slip {
		taker = "here time passes"
	}
	step := rows[at].switched
	if over := trace[step].Over; len(over) > 0 {
		return taker + keptWords(trace[step]) + onLines(rows, at, over)
	}
	left, ok := leftAt(trace, step)
	switch line := leftOnLine(rows, at, left); {
	case ok && left == rows[at].goroutine && rows[at].kind == ran:
		return "" // what ran in between has no row
	case !ok || !couldGoOn(trace, step, left) || rows[at].kind == ran && !shownBefore(rows[:at], left):
		if rows[at].kind == slip {
			return taker + ", although a goroutine could go on"
		}
		return ""
	case line > 0:
		return fmt.Sprintf("%s; %s is still on line %d", taker, who(left), line)
	}
	return fmt.Sprintf("%s; %s could have gone on", taker, who(left))
}

// onLines says where the goroutines are that could go on at a row, if that is one goroutine
// in the middle of its line.
func onLines(rows []row, at int, over []int) string {
	if len(over) == 1 {
		if line := leftOnLine(rows, at, over[0]); line > 0 {
			return fmt.Sprintf("; it is still on line %d", line)
		}
	}
	return ""
}

// shownBefore reports whether a goroutine has a row.
func shownBefore(rows []row, goroutine int) bool {
	return slices.ContainsFunc(rows, func(r row) bool { return r.goroutine == goroutine })
}

// couldGoOn reports whether the goroutine left at a step is known to have been
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
	if before >= 0 && after >= 0 && rows[after].continues(rows[before]) {
		return rows[before].line
	}
	return 0
}

// markRaces marks the row of each access, and reports whether both are in the
// picture.
func markRaces(rows []row, races []Access, trace []Step) bool {
	marked, named := 0, slices.IndexFunc(races, func(a Access) bool { return a.Object != "" })
	for _, a := range races {
		for i := range rows {
			if slices.Contains(rows[i].steps, a.Step-1) && rows[i].mark == "" {
				what := accesses(a)
				if a.Object == "" && named >= 0 {
					what += " " + called(races[named], a)
				} else if does, ok := accessOf(trace[a.Step-1]); ok && does.value != "" && what == does.verb+" "+does.object {
					what = does.String()
				}
				rows[i].mark = "◆ " + what
				rows[i].notes = slices.DeleteFunc(rows[i].notes, func(note string) bool { return note == what })
				marked++
				break
			}
		}
	}
	return marked > 1
}

// called is what an access is on that has no name for it, in a picture with one that has.
func called(named, nameless Access) string {
	if named.Step < nameless.Step {
		return "it"
	}
	return sentence(named.Object)
}

const (
	maxRows  = 15 // longer pictures lose rows that decide nothing
	rowsLead = 3  // kept before the decisive switch, so that one sees what it cuts
	rowsTail = 5  // kept at the end
	rowsWoke = 2  // of those that woke a goroutine, the last ones
	rowsLeft = 2  // of those in which others have left what is found at the end
)

// elided leaves rows out of a picture of more than so many, but none that the sentence above it
// names, none of a race, and none around the decisive switch.
func elided(rows []row, t Test, most int) []row {
	if len(rows) <= most {
		return rows
	}
	kept := make([]bool, len(rows))
	keep := func(from, to int) {
		for i := max(from, 0); i < min(to, len(rows)); i++ {
			kept[i] = true
		}
	}
	keep(len(rows)-rowsTail, len(rows))
	woke := 0
	for i, r := range slices.Backward(rows) {
		if woke < rowsWoke && r.wakes() {
			keep(i, i+1)
			woke++
		}
	}
	for i, r := range rows {
		if r.decisive != "" {
			keep(i-rowsLead, i+2)
			for _, before := range lastOfKept(rows[:i], t.over(r)) {
				keep(before, before+1)
			}
		}
		if r.mark != "" || r.kind == ran && names(t.Summary, r) && !again(rows[i+1:], r) && !waitsThere(t.Waiting, r) && !markedThere(rows, r) {
			keep(i, i+1)
		}
	}
	for _, w := range t.Waiting {
		if i := lastOf(rows, w.HeldBy); i >= 0 {
			keep(i, i+1)
		}
	}
	for _, i := range leftByOthers(rows, t.Waiting) {
		keep(i, i+1)
	}
	left := most - counted(kept)
	fill := func(from, to int) {
		for i := to - 1; i >= from && left > 0; i-- {
			if !kept[i] {
				kept[i] = true
				left--
			}
		}
	}
	fill(window(rows))
	fill(0, len(rows))
	return joinedRows(rows, kept)
}

// windowRows is how many rows of a preempted goroutine belong to the window once it goes on: what
// it does then, as if nothing had happened.
const windowRows = 3

// window returns the rows from the decisive switch to the first few with which the preempted
// goroutine goes on; none if it does not.
func window(rows []row) (from, to int) {
	at := slices.IndexFunc(rows, func(r row) bool { return r.decisive != "" })
	if at < 1 || rows[at-1].kind != ran { // time passes, or what was left out ran before
		return 0, 0
	}
	preempted, went := rows[at-1].goroutine, 0
	for i := at; i < len(rows) && went < windowRows; i++ {
		if rows[i].kind == ran && rows[i].goroutine == preempted {
			went++
			from, to = at, i+1
		}
	}
	return from, to
}

// leftByOthers are rows in which a goroutine did something to what another one uses at the end:
// to memory that both have, or else to a lock. What is found there is what was left there: a
// timer that is set after the clock was moved, say.
func leftByOthers(rows []row, waiting []Waiting) (at []int) {
	ends := map[int]bool{}
	for _, w := range waiting {
		ends[w.Goroutine] = true
	}
	for _, uses := range []func(row) []string{row.memory, row.locks} {
		for i := len(rows) - 1; i >= len(rows)-2*rowsTail && i > 0 && len(at) < rowsLeft; i-- {
			if before := lastUse(rows[:i], rows[i], uses); (len(ends) == 0 || ends[rows[i].goroutine]) && before >= 0 {
				at = append(at, before)
			}
		}
		if len(at) > 0 {
			return at
		}
	}
	return nil
}

// lastUse is the last row that uses something that r does, if it is another goroutine's; else -1.
func lastUse(rows []row, r row, uses func(row) []string) int {
	for i, before := range slices.Backward(rows) {
		if slices.ContainsFunc(uses(before), func(what string) bool { return slices.Contains(uses(r), what) }) {
			if before.goroutine == r.goroutine {
				return -1
			}
			return i
		}
	}
	return -1
}

// memory is what a row reads or writes, by the last words of names: the same field has other
// names in other functions.
func (r row) memory() (words []string) {
	for _, a := range slices.Concat(r.does, r.holds) {
		words = append(words, lastWord(a.object))
	}
	return words
}

// locks is what a row locks or unlocks.
func (r row) locks() []string {
	if strings.HasSuffix(r.source, "Lock()") || strings.Contains(r.source, "unlocks ") {
		return nonEmpty(r.object)
	}
	return nil
}

// names reports whether a sentence names a row's position.
func names(text string, r row) bool {
	_, rest, ok := strings.Cut(text, place(r.file, r.line))
	return ok && r.file != "" && (rest == "" || rest[0] < '0' || rest[0] > '9')
}

// lastOf is a goroutine's last row, or -1.
func lastOf(rows []row, goroutine int) int {
	for i := len(rows) - 1; i >= 0; i-- {
		if rows[i].kind == ran && rows[i].goroutine == goroutine {
			return i
		}
	}
	return -1
}

// lastOfKept are the last rows of the goroutines that are named as those that could go on.
func lastOfKept(rows []row, over []int) (at []int) {
	for _, g := range over[:min(len(over), mostNamed)] {
		at = append(at, lastOf(rows, g))
	}
	return at
}

// over are the goroutines that could go on while time passes in a row.
func (t Test) over(r row) []int {
	if r.kind != slip || r.first >= len(t.Trace) {
		return nil
	}
	return t.Trace[r.first].Over
}

// again reports whether a later row shows a row's line too.
func again(later []row, r row) bool { return slices.ContainsFunc(later, r.sameLine) }

// waitsThere reports whether the end of the picture shows a row's line.
func waitsThere(list []Waiting, r row) bool {
	return slices.ContainsFunc(list, func(w Waiting) bool {
		return w.Goroutine == r.goroutine && w.File == r.file && w.Line == r.line
	})
}

// markedThere reports whether a row that is marked shows a row's position, maybe of
// another goroutine: forty goroutines on one line need not be seen there one by one.
func markedThere(rows []row, r row) bool {
	return slices.ContainsFunc(rows, func(m row) bool { return m.mark != "" && m.file == r.file && m.line == r.line })
}

func counted(list []bool) (n int) {
	for _, yes := range list {
		if yes {
			n++
		}
	}
	return n
}

// joinedRows puts a gap in the place of rows that are left out. One row alone
// takes no more room than a gap.
func joinedRows(rows []row, kept []bool) (short []row) {
	for i := 0; i < len(rows); i++ {
		from := i
		for i < len(rows) && !kept[i] {
			i++
		}
		switch out := i - from; {
		case out == 1:
			short = append(short, rows[from])
		case out > 1:
			steps := 0
			for _, r := range rows[from:i] {
				steps += max(len(r.steps), 1)
			}
			short = append(short, row{kind: gap, goroutine: -1, source: "… " + count(steps, "step") + " …"})
		}
		if i < len(rows) {
			short = append(short, rows[i])
		}
	}
	return short
}

func trimmed(source string) string { return strings.TrimSpace(source) }
