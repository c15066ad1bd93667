// Package progress keeps what a learner has reached: a small text file, made to be
// committed, keyed by exercise id. It is for orientation, and proves nothing; a grade is
// always computed anew.
package progress

import "slices"

// Grade is the result of grading an exercise once.
type Grade struct {
	Points, MaxPoints int
	Effort            string // how hard the grader looked: one of Efforts, or Unknown
	Code              string // of the files that were graded, as Code writes it
}

// Efforts are the efforts of a grading, the most thorough last.
var Efforts = []string{"quick", "normal", "thorough"}

// Unknown stands for an effort that an older file does not mention, and for the
// code of files that could not be read.
const Unknown = "-"

// Full reports whether all points were earned.
func (g Grade) Full() bool { return g.MaxPoints > 0 && g.Points == g.MaxPoints }

func (g Grade) effort() int { return slices.Index(Efforts, g.Effort) }

// Entry is what is kept for one exercise.
type Entry struct {
	Best   Grade
	Latest Grade // of the last grading; it is the best one too, or another
}

// First is the entry of an exercise that was graded once.
func First(g Grade) Entry { return Entry{Best: g, Latest: g} }

// Record returns the entry after one more grading. The best grade stays unless
// the new one beats it.
func (e Entry) Record(g Grade) Entry {
	if g.Points < e.Latest.Points || !e.Latest.outdoes(g) {
		e.Latest = g
	}
	if e.Best.beatenBy(g) {
		e.Best = g
	}
	return e
}

// outdoes reports whether a newer grade adds nothing to g: it is of the same code,
// and the grader did not look as hard.
func (g Grade) outdoes(newer Grade) bool {
	return g.Code == newer.Code && g.MaxPoints == newer.MaxPoints && g.effort() > newer.effort()
}

// beatenBy reports whether a newer grade takes the place of the best one, g.
func (g Grade) beatenBy(newer Grade) bool {
	switch {
	case g.MaxPoints != newer.MaxPoints: // points out of a number that the exercise no longer has compare with nothing
		return true
	case g.Code == newer.Code: // it corrects what was known of this code, unless it looked less hard
		return !g.outdoes(newer)
	case g.Points != newer.Points:
		return newer.Points > g.Points
	}
	return newer.effort() >= g.effort()
}

// Progress holds an entry for each exercise that was ever graded, by id.
type Progress map[string]Entry

// Record keeps one more grade of an exercise.
func (p Progress) Record(id string, g Grade) {
	if old, ok := p[id]; ok {
		p[id] = old.Record(g)
		return
	}
	p[id] = First(g)
}
