package explored

import (
	"path"
	"slices"
	"strconv"

	"charm.land/lipgloss/v2"
)

// picture is what a finding's trace shows, before it is given a width.
type picture struct {
	rows  []row
	lanes []lane
	file  string // the one file of all rows, or empty
	end   ending
}

// lane is one goroutine's column.
type lane struct {
	goroutine int
	title     string
}

// ending is what went wrong, at the end of the lanes.
type ending struct {
	title   string
	waiting []Waiting // each in its lane
	text    string    // for all of them
}

// pictureOf draws a finding. The second value is false if there is nothing to draw.
func pictureOf(t Test) (picture, bool) {
	rows := rowsOf(t.Trace)
	nameHurt(rows, t.Trace)
	both := markRaces(rows, t.Races)
	p := picture{rows: elided(rows), end: endingOf(t, both)}
	p.lanes = lanesOf(p, t.Trace)
	p.file = oneFile(p)
	return p, len(p.lanes) > 0
}

// lanesOf lists the goroutines that the picture shows.
func lanesOf(p picture, trace []Step) (lanes []lane) {
	var ids []int
	for _, r := range p.rows {
		ids = append(ids, r.goroutine)
	}
	for _, w := range p.end.waiting {
		ids = append(ids, w.Goroutine)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if id >= 0 {
			lanes = append(lanes, lane{id, titleOf(id, trace)})
		}
	}
	return lanes
}

// titleOf says what a goroutine is: a start has the position of its go statement.
func titleOf(goroutine int, trace []Step) string {
	for _, s := range trace {
		if s.Goroutine == goroutine && s.Operation == "start" && s.File != "" && goroutine > 0 {
			return Name(goroutine) + " started at " + place(s.File, s.Line)
		}
	}
	return Name(goroutine)
}

func oneFile(p picture) string {
	var files []string
	for _, r := range p.rows {
		if r.file != "" {
			files = append(files, r.file)
		}
	}
	for _, w := range p.end.waiting {
		if w.File != "" {
			files = append(files, w.File)
		}
	}
	slices.Sort(files)
	if files = slices.Compact(files); len(files) == 1 {
		return files[0]
	}
	return ""
}

func endingOf(t Test, bothMarked bool) ending {
	switch t.Verdict {
	case Deadlock:
		return ending{title: "✗ deadlock: nobody can go on", waiting: t.Waiting}
	case Leak:
		return ending{title: "✗ leak: the test has ended, and left behind", waiting: t.Waiting}
	case Race:
		if bothMarked {
			return ending{title: "✗ race: nothing orders the two lines marked ◆"}
		}
		return ending{title: "✗ race: nothing orders the two accesses"}
	case Panic:
		return ending{title: "✗ " + lastName(t.Trace) + " panics", text: sentence(t.Summary)}
	case Wrong:
		return ending{title: "✗ wrong result", text: sentence(t.Summary)}
	}
	return ending{title: "the trace ends here"}
}

// lastName is the goroutine that ran last: one runs at a time, so it is the
// one that panicked.
func lastName(trace []Step) string {
	if g, ok := leftAt(trace, len(trace)); ok {
		return Name(g)
	}
	return "a goroutine"
}

// caption says how to read the picture.
func (p picture) caption() string {
	if p.file == "" {
		return "What ran, in this order from top to bottom:"
	}
	return "What ran in " + safe(path.Base(p.file)) + ", in this order from top to bottom:"
}

const fileMost = 24 // columns of the gutter

// position is what the gutter says of a row.
func (p picture) position(file string, line int) string {
	switch {
	case file == "" && line == 0:
		return ""
	case p.file != "":
		return strconv.Itoa(line)
	}
	return cutLeft(place(file, line), fileMost)
}

// gutter is the width of the widest position.
func (p picture) gutter() (columns int) {
	for _, r := range p.rows {
		columns = max(columns, lipgloss.Width(p.position(r.file, r.line)))
	}
	return columns
}
