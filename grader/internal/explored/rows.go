package explored

import (
	"fmt"
	"slices"
	"strings"
)

// A trace becomes a picture in stages, each a pure function: steps, rows, rows
// without the long middle, lines of spans, text.

// row is what the picture shows of one or more steps: one source line in one
// goroutine, or something that concerns all of them.
type row struct {
	kind      rowKind
	goroutine int
	file      string
	line      int
	source    string
	object    string   // of its last step
	does      []access // to memory, at points
	returned  []string // by calls: "Load() → 3"
	sent      []string // the values that it sends, where the source does not have them
	holds     []access // the last ones to memory whose values are known
	notes     []string // below the source: that it waits, that it continues
	mark      string   // of a race: what this line does with the memory
	decisive  string   // said above the row, if the switch to it is the one that decisive
	first     int      // the step with which it begins
	switched  int      // with decisive: the step that the switch is to
	steps     []int    // all of them
	waits     bool     // its goroutine waits here
	terse     bool     // there is no room for a line about values
	defaulted bool     // a select took its default
}

type rowKind int

const (
	ran rowKind = iota
	slip
	gap // steps that are left out
)

// sameLine reports whether two rows are of one goroutine and one source line.
func (r row) sameLine(o row) bool {
	return r.kind == ran && o.kind == ran && r.goroutine == o.goroutine && r.file == o.file && r.line == o.line
}

// note adds a note that is not there yet.
func (r *row) note(text string) {
	if text != "" && !slices.Contains(r.notes, text) {
		r.notes = append(r.notes, text)
	}
}

// builder makes rows of a trace, step by step.
type builder struct {
	trace    []Step
	shown    []bool // of each step: it has a row
	next     []int  // of each step, the next one of the same goroutine that is no plain access, or 0
	conds    map[string]bool
	decisive int  // the step to which the decisive switch goes, or -1
	due      bool // that step is passed and has no row yet
	rows     []row
}

// rowsOf makes the rows of a trace, of which the steps in keep have a row in any
// case. A trace in which there is only bookkeeping is shown whole: it is all
// there is.
func rowsOf(trace []Step, keep ...int) []row {
	for _, all := range []bool{false, true} {
		b := builder{trace: trace, shown: shownSteps(trace, keep, all), next: nextSteps(trace), conds: waitedFor(trace)}
		b.decisive = decisiveStep(trace, b.shown)
		for i := range trace {
			b.step(i)
		}
		b.settle(-1)
		if len(b.rows) > 0 {
			return told(b.rows)
		}
	}
	return nil
}

func nextSteps(trace []Step) []int {
	next, of := make([]int, len(trace)), map[int]int{}
	for i := len(trace) - 1; i >= 0; i-- {
		next[i] = of[trace[i].Goroutine]
		if !trace[i].Plain {
			of[trace[i].Goroutine] = i
		}
	}
	return next
}

func (b *builder) step(i int) {
	s := b.trace[i]
	b.settle(s.Goroutine)
	b.due = b.due || i == b.decisive
	switch {
	case s.Goroutine < 0:
		text := slipWords(s)
		if !b.due { // otherwise it is said above the row
			text += keptWords(s)
		}
		b.add(row{kind: slip, goroutine: -1, source: "⏱ " + text, first: i, notes: nonEmpty(wakeNote(s))})
		return
	case b.shown[i]:
		b.run(i, s)
	}
	if n := b.next[i]; n > 0 && b.trace[n].Waited && !s.Plain && b.shown[n] {
		b.wait(i, b.trace[n])
	}
}

func nonEmpty(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// settle gives the step after the decisive switch a row of its own, if its
// goroutine is left again before it had any.
func (b *builder) settle(goroutine int) {
	if b.due && b.trace[b.decisive].Goroutine != goroutine {
		b.run(b.decisive, b.trace[b.decisive])
	}
}

func (b *builder) run(i int, s Step) {
	r := rowOf(i, s)
	if !b.conds[s.Object] {
		r.notes = slices.DeleteFunc(r.notes, func(n string) bool { return n == wakesNone })
	}
	switch previous, ok := b.lastOf(s.Goroutine); {
	case b.merges(r):
		last := &b.rows[len(b.rows)-1]
		last.does, last.steps = append(last.does, r.does...), append(last.steps, i)
		last.come(s)
		if strings.HasPrefix(r.source, last.source) {
			last.source = r.source // a select that says by now which case it took
		}
		if !condsLock(s) {
			last.object = r.object
		}
		for _, n := range r.notes {
			last.note(n)
		}
		return
	case s.Waited && r.notes == nil:
		r.notes = []string{goesOn}
	case ok && previous.sameLine(r) && r.does == nil && r.notes == nil && !s.Plain:
		r.notes = []string{stillHere}
	}
	b.add(r)
}

// Notes that are looked for again.
const (
	stillHere = "still on this line"
	goesOn    = "goes on"
)

// wait shows that a goroutine waits from step i on, until then is its turn.
func (b *builder) wait(i int, then Step) {
	r, note := rowOf(i, then), b.waitNote(i, then)
	r.does, r.returned, r.sent, r.holds, r.notes = nil, nil, nil, nil, []string{note}
	if b.merges(r) {
		last := &b.rows[len(b.rows)-1]
		last.onlyTries()
		last.note(note)
		last.waits = true
		return
	}
	r.waits = true
	b.add(r)
}

// waitNote says what a goroutine waits for after step i, until its next step.
func (b *builder) waitNote(i int, then Step) string {
	operation, object := then.Operation, sentence(then.Object)
	if before := b.trace[i]; operation == "resume" && before.File == then.File && before.Line == then.Line {
		operation = before.Operation // what it continues from
	}
	if then.WaitedFor != "" && then.WaitedFor != then.Object {
		return "waits for " + sentence(then.WaitedFor)
	}
	if operation == "resume" && object == "" {
		return "waits"
	}
	text, _ := waitsTo(operation, object)
	if g, ok := holder(b.trace, i, then.Goroutine, then.Object); ok && strings.HasSuffix(operation, "lock") {
		text += ", held by " + who(g)
	}
	return text
}

func rowOf(i int, s Step) row {
	r := row{goroutine: s.Goroutine, file: s.File, line: s.Line, source: sourceOf(s), object: s.Object, first: i, steps: []int{i}}
	if does, ok := accessOf(s); ok && !s.Plain {
		r.does = []access{does}
	}
	r.come(s)
	if taken, ok := caseOf(s); ok {
		r.defaulted = taken == "default"
	}
	for _, text := range []string{objectNote(s, r.source), startNote(s), wakeNote(s)} {
		r.note(text)
	}
	return r
}

// sourceOf is a step's source line, or words for what it does.
func sourceOf(s Step) string {
	text := safe(trimmed(s.Source))
	if taken, ok := caseOf(s); ok {
		text += " " + taken + ":"
	}
	switch {
	case text == "":
		return sentence(s.Operation + " " + s.Object)
	case strings.HasPrefix(text, "}"): // a deferred call
		return sentence(deferred(s))
	}
	return text
}

// caseOf is the case that a select took, if a step is one and it is known.
func caseOf(s Step) (string, bool) {
	taken, ok := strings.CutPrefix(s.Returned, "→ ")
	return sentence(taken), ok && trimmed(s.Source) == "select {"
}

func slipWords(s Step) string {
	if s.Slip == "" {
		return "time passes"
	}
	return sentence(s.Slip) + " pass"
}

// keptWords says which goroutines could have gone on while time passed.
func keptWords(s Step) string {
	if len(s.Over) == 0 {
		return ""
	}
	return ", although " + some(s.Over) + " could go on"
}

// mostNamed is how many goroutines a sentence names; the others are counted.
const mostNamed = 3

func some(goroutines []int) string {
	var names []string
	for i, g := range goroutines {
		if i == mostNamed {
			names = append(names, fmt.Sprintf("%d more", len(goroutines)-i))
			break
		}
		names = append(names, who(g))
	}
	return listed(names)
}

// merges reports whether a row continues the one before.
func (b *builder) merges(r row) bool {
	return len(b.rows) > 0 && !b.due && b.rows[len(b.rows)-1].sameLine(r)
}

func (b *builder) add(r row) {
	if b.due {
		r.decisive, r.switched = "◀", b.decisive
		b.due = false
	}
	b.rows = append(b.rows, r)
}

func (b *builder) lastOf(goroutine int) (row, bool) {
	for _, r := range slices.Backward(b.rows) {
		if r.goroutine == goroutine {
			return r, true
		}
	}
	return row{}, false
}

// continues reports whether a row is the rest of the line that another has begun:
// the one has read what this one writes.
func (r row) continues(begun row) bool {
	if !r.sameLine(begun) {
		return false
	}
	if len(begun.does) == 0 || len(r.does) == 0 {
		return slices.Contains(r.notes, stillHere)
	}
	return begun.does[len(begun.does)-1].verb == "reads" && r.does[0].verb == "writes"
}

// told says what the rows of one line do each, where others come between them:
// the one reads, the other writes.
func told(rows []row) []row {
	before := map[int]int{} // goroutine to its last row
	parts := map[int]bool{}
	for i, r := range rows {
		if j, ok := before[r.goroutine]; ok && r.continues(rows[j]) {
			parts[i], parts[j] = true, true
		}
		before[r.goroutine] = i
	}
	for i := range rows {
		rows[i].notes = withStarts(rows[i].notes)
		if parts[i] {
			rows[i].notes = append(compactAccesses(rows[i].does), rows[i].notes...)
		}
	}
	return rows
}
