package explored

import (
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
	notes     []string // below the source: that it waits, that it goes on
	mark      string   // of a race: what this line does with the memory
	hurts     string   // said above the row, if the switch to it is the one that hurts
	first     int      // the step with which it begins
}

type rowKind int

const (
	ran rowKind = iota
	slip
	gap // steps that are left out
)

func (r row) at(s Step) bool { return r.file == s.File && r.line == s.Line }

// sameLine tells whether two rows are of one goroutine and one source line.
func (r row) sameLine(o row) bool {
	return r.kind == ran && o.kind == ran && r.goroutine == o.goroutine && r.file == o.file && r.line == o.line
}

// builder makes rows of a trace, step by step.
type builder struct {
	trace []Step
	next  []int // of each step, the next one of the same goroutine, or 0
	hurt  int   // the step to which the switch that hurts goes, or -1
	due   bool  // that step is passed and has no row yet
	all   bool  // fold nothing
	rows  []row
}

// rowsOf makes the rows of a trace. One in which there is only bookkeeping is
// shown whole: it is all there is.
func rowsOf(trace []Step) []row {
	for _, all := range []bool{false, true} {
		b := builder{trace: trace, next: nextSteps(trace), hurt: hurtingStep(trace), all: all}
		for i := range trace {
			b.step(i)
		}
		b.settle(-1)
		if len(b.rows) > 0 {
			return b.rows
		}
	}
	return nil
}

func nextSteps(trace []Step) []int {
	next, of := make([]int, len(trace)), map[int]int{}
	for i := len(trace) - 1; i >= 0; i-- {
		next[i] = of[trace[i].Goroutine]
		of[trace[i].Goroutine] = i
	}
	return next
}

// hurtingStep finds the last switch away from a goroutine that could have gone
// on, or the last time slip, if that is later: time slips only while somebody
// could go on. Without either it is the last switch; without any, -1.
func hurtingStep(trace []Step) int {
	last, current, at := -1, -1, -1
	for i, s := range trace {
		if s.Switch || s.Goroutine < 0 {
			last = i
		}
		if s.Goroutine < 0 {
			continue
		}
		if current >= 0 && s.Goroutine != current {
			at = i
		}
		current = s.Goroutine
	}
	if last >= 0 {
		return last
	}
	return at
}

func (b *builder) step(i int) {
	s := b.trace[i]
	b.settle(s.Goroutine)
	b.due = b.due || i == b.hurt
	switch {
	case s.Goroutine < 0:
		b.add(row{kind: slip, goroutine: -1, source: "⏱ " + slipWords(s), first: i})
		return
	case b.all || !folded(s):
		b.run(i, s)
	}
	if n := b.next[i]; n > 0 && b.trace[n].Waited {
		b.wait(i, b.trace[n])
	}
}

// settle gives the step after the switch that hurts a row of its own, if its
// goroutine is left again before it had any.
func (b *builder) settle(goroutine int) {
	if b.due && b.trace[b.hurt].Goroutine != goroutine {
		b.run(b.hurt, b.trace[b.hurt])
	}
}

// folded tells whether a step is only bookkeeping: a goroutine's start stands
// in its header, and a point without a position says nothing.
func folded(s Step) bool {
	if s.Waited {
		return false
	}
	switch s.Operation {
	case "start", "go", "resume", "idle", "choose", "subtest":
		return true
	}
	return s.File == "" && s.Source == ""
}

func (b *builder) run(i int, s Step) {
	r := rowOf(i, s)
	if b.merges(r) {
		return
	}
	switch previous, ok := b.lastOf(s.Goroutine); {
	case s.Waited:
		r.notes = []string{"goes on"}
	case ok && previous.sameLine(r):
		r.notes = []string{"still on this line"}
	}
	b.add(r)
}

// wait shows that a goroutine waits from step i on, until then is its turn.
func (b *builder) wait(i int, then Step) {
	r, note := rowOf(i, then), b.waitNote(i, then)
	if b.merges(r) {
		last := &b.rows[len(b.rows)-1]
		last.notes = append(last.notes, note)
		return
	}
	r.notes = []string{note}
	b.add(r)
}

// waitNote says what a goroutine waits for after step i, until its next step.
func (b *builder) waitNote(i int, then Step) string {
	operation, object := then.Operation, sentence(then.Object)
	if before := b.trace[i]; operation == "resume" && before.File == then.File && before.Line == then.Line {
		operation = before.Operation // what it goes on from
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
	return row{goroutine: s.Goroutine, file: s.File, line: s.Line, source: sourceOf(s), first: i}
}

// sourceOf is a step's source line, or words for what it does.
func sourceOf(s Step) string {
	did := sentence(s.Operation + " " + s.Object)
	switch text := safe(trimmed(s.Source)); {
	case text == "":
		return did
	case strings.HasPrefix(text, "}"): // a deferred call
		return text + " (" + did + ")"
	default:
		return text
	}
}

func slipWords(s Step) string {
	if s.Slip == "" {
		return "time passes"
	}
	return sentence(s.Slip) + " pass"
}

// merges tells whether a row goes on with the one before.
func (b *builder) merges(r row) bool {
	return len(b.rows) > 0 && !b.due && b.rows[len(b.rows)-1].sameLine(r)
}

func (b *builder) add(r row) {
	if b.due {
		r.hurts = "◀"
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
