package explored

import (
	"cmp"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
)

// picture is what a finding's trace shows, before it is given a width.
type picture struct {
	rows  []row
	lanes []lane
	files []string // of the rows, the one with most of them first
	end   ending
	races bool // both accesses of a race are marked in it
}

// lane is one goroutine's column.
type lane struct {
	goroutine int
	file      string // where it was started, if no row says so
	line      int
}

// ending is what went wrong, at the end of the lanes.
type ending struct {
	title   string
	panics  int       // the goroutine that does, or -1
	waiting []Waiting // each in its lane
}

// pictureOf draws a finding. The second value is false if there is nothing to draw.
func pictureOf(t Test) (picture, bool) { return drawnFrom(staged(t), maxRows) }

// staged is a finding with the steps that belong to it, and its accesses among them.
func staged(t Test) Test {
	t.Races = located(t.Races, t.Trace)
	if t.Verdict == Race && t.Story == "" { // else what it leads to belongs to it
		t.Trace = untilRace(t.Races, t.Trace)
	}
	return t
}

// drawnFrom draws a staged finding in about so many rows.
func drawnFrom(t Test, most int) (picture, bool) {
	rows := rowsOf(t.Trace, racing(t.Races)...)
	nameDecisive(rows, t.Trace)
	noteInstant(rows, t)
	noteStuck(rows, t.Waiting)
	both := markRaces(rows, t.Races, t.Trace)
	p := picture{rows: elided(rows, t, most), end: endingOf(t, both), races: both}
	p.lanes = p.lanesOf(t)
	p.files = filesOf(p)
	return p, len(p.lanes) > 0
}

// lanesOf lists the goroutines that the picture shows.
func (p picture) lanesOf(t Test) (lanes []lane) {
	var ids []int
	started := map[int]bool{} // in a row
	for _, r := range p.rows {
		ids = append(ids, r.goroutine)
		for _, i := range r.steps {
			started[t.Trace[i].Starts] = true
		}
	}
	for _, w := range p.end.waiting {
		ids = append(ids, w.Goroutine, w.HeldBy)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if id >= 0 {
			lanes = append(lanes, laneOf(id, t.Trace, started[id]))
		}
	}
	return lanes
}

// laneOf says what a goroutine is: a start has the position of its go statement,
// which is said in the lane's title if no row shows it.
func laneOf(goroutine int, trace []Step, shown bool) lane {
	for _, s := range trace {
		if s.Goroutine == goroutine && s.Operation == "start" && s.File != "" && goroutine > 0 && !shown {
			return lane{goroutine, s.File, s.Line}
		}
	}
	return lane{goroutine: goroutine}
}

func (p picture) title(l lane) string {
	if l.file == "" {
		return Name(l.goroutine)
	}
	at := p.place(l.file, l.line)
	if l.file == p.files[0] {
		at = ":" + at // a number alone reads like a time
	}
	return Name(l.goroutine) + " started at " + at
}

// filesOf lists the files of a picture's rows, the one with most of them first,
// one that is no test before one that is, and a dependency's last.
func filesOf(p picture) (files []string) {
	rows := map[string]int{}
	seen := func(file string, weight int) {
		if file != "" && !slices.Contains(files, file) {
			files = append(files, file)
		}
		rows[file] += weight
	}
	for _, r := range p.rows {
		seen(r.file, 1)
	}
	for _, w := range p.end.waiting {
		seen(w.File, 1)
	}
	for _, l := range p.lanes {
		seen(l.file, 0)
	}
	rank := func(file string) int {
		switch {
		case filepath.IsAbs(file): // others are in the module
			return 2
		case ofTests(file):
			return 1
		}
		return 0
	}
	slices.SortStableFunc(files, func(a, b string) int {
		return cmp.Or(rank(a)-rank(b), rows[b]-rows[a])
	})
	return files
}

// What the end of a race speaks of: its two accesses, or the lines on which both are marked.
const (
	accessesOf  = "accesses"
	linesMarked = "lines marked ◆"
)

func endingOf(t Test, bothMarked bool) ending {
	e := ending{title: "the trace ends here", panics: -1}
	switch t.Verdict {
	case Deadlock:
		e.title, e.waiting = "✗ deadlock: "+stuckTitle(t.Waiting), t.Waiting
	case Leak:
		e.title, e.waiting = "✗ leak: the test has ended, and "+left(t.Waiting), t.Waiting
	case Race:
		which := accessesOf
		if bothMarked {
			which = linesMarked
		}
		e.title = "✗ race: nothing orders the two " + which
		if t.Story != "" {
			e.title, e.waiting = e.title+", and the test fails", t.Waiting
		}
	case Panic:
		e.title = "✗ panic in a goroutine"
		if g, ok := leftAt(t.Trace, len(t.Trace)); ok { // one runs at a time, so it is the last
			e.title, e.panics = "✗ panic in "+who(g), g
		}
	case Wrong:
		e.title = "✗ wrong result"
	}
	return e
}

func stuckTitle(list []Waiting) string {
	if len(list) == 1 {
		return who(list[0].Goroutine) + " can never go on"
	}
	return "no goroutine can go on"
}

// left says which goroutine is left: "g2 is left".
func left(list []Waiting) string {
	switch n := len(list); {
	case n == 0:
		return "something it started is still running"
	case n == 1:
		return Name(list[0].Goroutine) + " is left"
	case n > maxListed:
		return count(n, "goroutine") + " are left"
	}
	var names []string
	for _, w := range list {
		names = append(names, Name(w.Goroutine))
	}
	return listed(names) + " are left"
}

// caption says how to read the picture. The line numbers are the first file's;
// those of others have a letter before them.
func (p picture) caption() string {
	if len(p.files) == 0 {
		return "What ran, from top to bottom:"
	}
	text := "What ran in " + base(p.files[0]) + ", from top to bottom"
	var others []string
	for _, f := range p.files[1:] {
		others = append(others, p.tag(f)+": "+base(f))
	}
	if others != nil {
		text += " (" + strings.Join(others, ", ") + ")"
	}
	return text + ":"
}

// tag stands before the lines of all files but the first: a letter of its own,
// t for a test.
func (p picture) tag(file string) string {
	taken := map[string]bool{}
	for i, f := range p.files {
		if i == 0 {
			continue
		}
		tag := tagOf(f, taken)
		if taken[tag] = true; f == file {
			return tag
		}
	}
	return ""
}

func tagOf(file string, taken map[string]bool) string {
	letters := "abcdefghijklmnopqrsuvwxyz"
	if strings.HasSuffix(file, "_test.go") {
		letters = "t" + letters
	} else if first := strings.ToLower(base(file))[:1]; strings.Contains(letters, first) {
		letters = first + letters
	}
	for _, r := range letters {
		if !taken[string(r)] {
			return string(r)
		}
	}
	return base(file)
}

// place is a position as the picture writes it.
func (p picture) place(file string, line int) string {
	switch {
	case file == "" && line == 0:
		return ""
	case len(p.files) > 0 && file == p.files[0]:
		return strconv.Itoa(line)
	case slices.Contains(p.files, file):
		return p.tag(file) + ":" + strconv.Itoa(line)
	}
	return cutLeft(place(file, line), maxPosition)
}

// maxPosition bounds a position that names its file.
const maxPosition = 40

// gutter is the width of the widest position.
func (p picture) gutter() (columns int) {
	for _, r := range p.rows {
		columns = max(columns, lipgloss.Width(p.place(r.file, r.line)))
	}
	for _, w := range p.end.waiting {
		columns = max(columns, lipgloss.Width(p.place(w.File, w.Line)))
	}
	return columns
}
