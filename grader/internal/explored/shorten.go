package explored

import (
	"slices"
	"strings"
)

// shortened leaves out the rows that tell least, one after the other, until the
// picture has room; what was left out is counted. What it cannot do without
// stays, even if that is more than there is room for.
func (p picture) shortened(c Canvas) picture {
	s := shortening{picture: p, canvas: c, kept: make([]bool, len(p.rows))}
	for i := range s.kept {
		s.kept[i] = true
	}
	if !s.fits() {
		s.rows = slices.Clone(s.rows)
		for i := range s.rows {
			s.rows[i].terse = true
			if len(s.lanes) == 2 { // the other one has started it
				s.rows[i].notes = slices.DeleteFunc(slices.Clone(s.rows[i].notes), starts)
			}
		}
	}
	order := s.leastFirst()
	for _, i := range order {
		if s.fits() {
			break
		}
		s.kept[i] = false
	}
	for _, i := range slices.Backward(order) { // some may come back in place of a line that counts them
		if !s.kept[i] {
			s.kept[i] = true
			s.kept[i] = s.fits()
		}
	}
	return s.short()
}

// shortening is a picture of which some rows are kept.
type shortening struct {
	picture
	canvas Canvas
	kept   []bool
}

func (s shortening) fits() bool { return len(s.short().lines(s.canvas.Columns)) <= s.canvas.Lines }

// leastFirst lists the rows that may be left out, the least telling ones first.
func (s shortening) leastFirst() (order []int) {
	worth, most := s.worths(), wentOn
	if s.canvas.Tight {
		most = marked
	}
	for i, w := range worth {
		if w <= most {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return worth[a] - worth[b] })
	return order
}

// What a row is worth to a short picture. Of two that are worth the same, the
// earlier one goes first.
const (
	ofTheTest     = iota // the test starts goroutines and waits for them
	testWaits            // it waits, or continues after waiting
	ofTheCode            // a line of the code that is tested
	inBetween            // such a line that runs after the decisive switch, before the preempted goroutine goes on
	lastOfALane          // the last such line of a goroutine
	waits                // a line on which a goroutine waits or continues after waiting, or the last select of which it takes the default; time passes
	wentOn               // one of the first lines with which the preempted goroutine goes on
	around               // a line that wakes a goroutine; the last such line before the decisive switch, the first after it, and the line that it cut in two; without such a switch the last before a wrong result
	indispensable        // that switch, and the last such line of a goroutine that panics
	marked               // a side of the race
)

func (s shortening) worths() []int {
	worth := make([]int, len(s.rows))
	last, defaults, final, before, after, cut := map[int]int{}, map[int]int{}, -1, -1, -1, -1
	decisive, returned := slices.IndexFunc(s.rows, func(r row) bool { return r.decisive != "" }), false
	for i, r := range s.rows {
		worth[i] = r.worth()
		if worth[i] >= ofTheCode && r.kind == ran {
			if !r.unlocks() {
				last[r.goroutine], final = i, i
			}
			if r.defaulted {
				defaults[r.goroutine] = i
			}
			if i < decisive {
				before = i
			} else if after < 0 {
				after = i
			}
			if i > decisive && !returned && before >= 0 && r.goroutine == s.rows[before].goroutine {
				returned = true
				if r.sameLine(s.rows[before]) { // not when it comes there again
					cut = i
				}
			}
		}
	}
	from, to := window(s.rows)
	for i := from; i < to; i++ {
		switch {
		case s.rows[i].kind != ran || s.rows[i].unlocks() || worth[i] < ofTheCode:
		case s.rows[i].goroutine == s.rows[from-1].goroutine:
			worth[i] = max(worth[i], wentOn)
		default:
			worth[i] = max(worth[i], inBetween)
		}
	}
	for goroutine, i := range last {
		worth[i] = max(worth[i], lastOfALane)
		if goroutine == s.end.panics {
			worth[i] = max(worth[i], indispensable)
		}
	}
	for _, i := range defaults {
		worth[i] = max(worth[i], waits)
	}
	for _, i := range []int{before, after, cut} {
		if i >= 0 && decisive >= 0 {
			worth[i] = max(worth[i], around)
		}
	}
	if final >= 0 && decisive < 0 && !s.races && len(s.end.waiting) == 0 { // otherwise others are what it is about
		worth[final] = max(worth[final], around)
	}
	return worth
}

// worth is what a row is worth wherever it stands.
func (r row) worth() int {
	switch theirs := ofTests(r.file); {
	case r.kind == gap:
		return ofTheTest
	case r.mark != "":
		return marked
	case r.decisive != "":
		return indispensable
	case r.kind == slip:
		return waits
	case r.wakes() && !theirs:
		return around
	case theirs && len(r.notes) > 0:
		return testWaits
	case theirs:
		return ofTheTest
	case len(r.notes) > 0:
		return waits
	}
	return ofTheCode
}

// wakes reports whether a row says which goroutine it woke.
func (r row) wakes() bool {
	return slices.ContainsFunc(r.notes, func(note string) bool { return strings.HasPrefix(note, "wakes ") })
}

func starts(note string) bool { return strings.HasPrefix(note, "starts ") }

// unlocks reports whether all that a row does is to unlock, as deferred calls do.
func (r row) unlocks() bool {
	return strings.HasPrefix(r.source, "unlocks ") || strings.HasPrefix(r.source, "read-unlocks ")
}

// short is the picture with what is kept: a line counts what is left out, and a
// lane of which nothing is left goes.
func (s shortening) short() picture {
	p := s.picture
	p.rows = nil
	for i := 0; i < len(s.rows); i++ {
		if s.kept[i] {
			p.rows = append(p.rows, s.rows[i])
			continue
		}
		from := i
		for i+1 < len(s.rows) && !s.kept[i+1] {
			i++
		}
		p.rows = append(p.rows, s.left(from, i+1))
	}
	used := slices.DeleteFunc(slices.Clone(p.lanes), func(l lane) bool {
		return !slices.ContainsFunc(p.rows, func(r row) bool { return r.goroutine == l.goroutine }) &&
			!slices.ContainsFunc(p.end.waiting, func(w Waiting) bool { return w.Goroutine == l.goroutine })
	})
	if len(used) > 0 {
		p.lanes = used
	}
	p.files = filesOf(p)
	if sides := slices.DeleteFunc(slices.Clone(p.rows), func(r row) bool { return r.mark == "" }); s.races && len(sides) < 2 {
		p.end.title = strings.Replace(p.end.title, linesMarked, accessesOf, 1)
	}
	return p
}

// left counts the steps of the rows from one up to another. A row that counts
// steps itself has none of its own.
func (s shortening) left(from, to int) row {
	first, next := s.step(from), s.step(to)
	if s.step(from) == next {
		return s.rows[from]
	}
	return row{kind: gap, goroutine: -1, source: "… " + count(max(next-first, to-from), "step") + " …"}
}

// step is the first step of a row, or of the next one that has any.
func (s shortening) step(i int) int {
	for ; i < len(s.rows); i++ {
		if s.rows[i].kind != gap {
			return s.rows[i].first
		}
	}
	return 0
}
