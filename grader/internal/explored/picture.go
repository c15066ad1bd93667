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

	gutterMost int
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
	if t.Verdict == Race && t.Story == "" { // what a race leads to comes after it
		t.Trace = untilRace(t.Races, t.Trace)
	}
	rows := rowsOf(t.Trace)
	nameHurt(rows, t.Trace)
	both := markRaces(rows, located(t.Races, t.Trace))
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
		return ending{title: "✗ leak: the test has ended, and " + left(t.Waiting), waiting: t.Waiting}
	case Race:
		if bothMarked {
			return ending{title: "✗ race: nothing orders the two lines marked ◆"}
		}
		return ending{title: "✗ race: nothing orders the two accesses"}
	case Panic:
		return ending{title: "✗ panic in " + lastName(t.Trace), text: sentence(t.Summary)}
	case Wrong:
		return ending{title: "✗ wrong result", text: sentence(t.Summary)}
	}
	return ending{title: "the trace ends here"}
}

// left says who is left: "g2 is left".
func left(list []Waiting) string {
	switch n := len(list); {
	case n == 0:
		return "something of it goes on"
	case n == 1:
		return Name(list[0].Goroutine) + " is left"
	case n > listedMost:
		return count(n, "goroutine") + " are left"
	}
	var names []string
	for _, w := range list {
		names = append(names, Name(w.Goroutine))
	}
	return listed(names) + " are left"
}

// lastName is the goroutine that ran last: one runs at a time, so it is the
// one that panicked.
func lastName(trace []Step) string {
	if g, ok := leftAt(trace, len(trace)); ok {
		return who(g)
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

// The gutter's columns if file names stand in it. It has to leave room for the
// lanes, but a file's name needs a few columns to be known by.
const (
	gutterMost  = 28
	gutterLeast = 15
)

// fitted gives the picture a gutter that leaves room for lanes, if there can be any.
func (p picture) fitted(columns int) picture {
	free := columns - len(p.lanes)*(laneLeast+lipgloss.Width(between))
	p.gutterMost = min(max(free, gutterLeast), gutterMost)
	return p
}

// position is what the gutter says of a row.
func (p picture) position(file string, line int) string {
	switch {
	case file == "" && line == 0:
		return ""
	case p.file != "":
		return strconv.Itoa(line)
	}
	return cutLeft(place(file, line), p.gutterMost)
}

// gutter is the width of the widest position.
func (p picture) gutter() (columns int) {
	for _, r := range p.rows {
		columns = max(columns, lipgloss.Width(p.position(r.file, r.line)))
	}
	for _, w := range p.end.waiting {
		columns = max(columns, lipgloss.Width(p.position(w.File, w.Line)))
	}
	return columns
}
