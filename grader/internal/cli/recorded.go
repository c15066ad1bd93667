package cli

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/progress"
	"heisenkata/grader/internal/submission"
)

// reached loads the trees, and what the learner has reached. What of it cannot be
// read is said, and does not stop the rest.
func (a *app) reached() (k kata.Kata, root string, reached progress.Progress, err error) {
	if k, root, err = a.trees(); err != nil {
		return k, root, nil, err
	}
	if k.Broken != nil && len(k.Exercises) == 0 {
		return k, root, nil, k.Broken
	}
	if k.Broken != nil {
		complain(a.stderr, "grader", k.Broken)
	}
	reached, note := recorded(root)
	if note != "" {
		complain(a.stderr, "grader", errors.New(note))
	}
	return k, root, reached, nil
}

// recorded is what the learner has reached, and a note if some of it cannot be
// read.
func recorded(root string) (reached progress.Progress, note string) {
	reached, damaged, err := progress.Load(root)
	if err != nil {
		return reached, err.Error()
	}
	return reached, leftOut(damaged)
}

// maxLines is how many lines of the file are named in a note.
const maxLines = 10

// leftOut says which lines of the file were of no use.
func leftOut(lines []int) string {
	switch len(lines) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("Line %d of %s cannot be read and is left out; the others count.", lines[0], progress.FileName)
	}
	numbers := strings.Trim(strings.Join(strings.Fields(fmt.Sprint(lines[:min(len(lines), maxLines)])), ", "), "[]")
	if more := len(lines) - maxLines; more > 0 {
		numbers += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("Lines %s of %s cannot be read and are left out; the others count.", numbers, progress.FileName)
}

// next is the first exercise that is not done.
func next(k kata.Kata, reached progress.Progress) (e kata.Exercise, ok bool) {
	for _, e := range k.Exercises {
		if !done(e, reached[e.ID]) {
			return e, true
		}
	}
	return e, false
}

// nextOf is next, for commands that mean it if no exercise is named.
func (a *app) nextOf(k kata.Kata, root string) (kata.Exercise, error) {
	reached, _ := recorded(root)
	e, ok := next(k, reached)
	if !ok && k.Broken != nil {
		return e, k.Broken
	}
	if !ok {
		return e, usageError{fmt.Errorf("all exercises are done; name the one you mean: `%s` shows them", a.caller.call("list"))}
	}
	return e, nil
}

// done reports whether an exercise has earned all the points that it has today.
func done(e kata.Exercise, entry progress.Entry) bool {
	return entry.Best.Full() && entry.Best.MaxPoints == e.MaxPoints()
}

// codes are what an exercise's files are known by, as they are now: of today's
// progress files, and of those of version 1.
type codes struct{ tokens, bytes string }

func current(root string, e kata.Exercise) codes {
	s, err := submission.Read(root, e, e.Dir)
	if err != nil {
		return codes{progress.Unknown, progress.Unknown}
	}
	return codes{progress.Code(s.Files), s.Hash()}
}

// of reports whether a grade is of these files.
func (c codes) of(g progress.Grade) bool { return g.Code == c.tokens || g.Code == c.bytes }

// standing is what is known of an exercise: what was reached, and whether the
// files are still those that reached it.
type standing struct {
	progress.Entry
	graded  bool
	now     codes
	changed bool // the files are others than those that earned the best grade
}

func standingOf(root string, e kata.Exercise, reached progress.Progress) standing {
	entry, ok := reached[e.ID]
	s := standing{Entry: entry, graded: ok, now: current(root, e)}
	asGood := s.now.of(entry.Latest) && entry.Latest.Points == entry.Best.Points && entry.Latest.MaxPoints == entry.Best.MaxPoints
	s.changed = ok && !s.now.of(entry.Best) && !asGood
	return s
}

// recorder keeps the points of a grading, exercise by exercise, so that an
// interruption loses none.
type recorder struct {
	mu     sync.Mutex
	root   string // "": nothing is kept
	effort string
	grades grades
	notes  []string // what the learner has to know
	failed bool     // nothing can be kept, and a note says so
}

// recorderOf keeps the points of a self-assessment, and of nothing else.
func recorderOf(k kata.Kata, r grade.Report) *recorder {
	kept := &recorder{effort: r.Effort}
	if r.SelfAssessment {
		kept.root = k.Root
	}
	return kept
}

// record keeps the grade of the files that had that code. That it cannot be kept
// is worth one note and no more.
func (r *recorder) record(g grade.Exercise, code string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.root == "" || r.failed || g.Points == nil {
		return
	}
	if err := r.keep(g.ID, progress.Grade{Points: *g.Points, MaxPoints: g.MaxPoints, Effort: r.effort, Code: code}); err != nil {
		r.failed = true
		r.notes = append(r.notes, "The grade stands, but your progress could not be kept: "+err.Error()+".")
	}
}

func (r *recorder) keep(id string, g progress.Grade) error {
	reached, damaged, err := progress.Load(r.root)
	if err != nil {
		return err
	}
	if note := leftOut(damaged); note != "" {
		r.notes = append(r.notes, note)
	}
	reached.Record(id, g)
	if err := reached.Save(r.root); err != nil {
		return fmt.Errorf("%w; make the folder writable", err)
	}
	return nil
}
