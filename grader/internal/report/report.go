// Package report renders a grade: one file per format. It is pure: it reads a report and
// writes to a writer, and nothing else.
package report

import (
	"fmt"
	"io"
	"strings"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
)

// Write writes a report in one format.
type Write func(io.Writer, grade.Report, Options) error

// Formats holds every format by its name. There is no other way to get them, so none writes
// what has not been tidied.
var Formats = tidied(map[string]Write{
	"terminal": terminal,
	"json":     plainly(writeJSON),
	"markdown": plainly(markdown),
	"junit":    plainly(writeJUnit),
	"github":   plainly(github),
	"html":     html,
	"outputs":  plainly(outputs),
})

// plainly makes a format of one that looks the same wherever it is read.
func plainly(write func(io.Writer, grade.Report) error) Write {
	return func(w io.Writer, r grade.Report, _ Options) error { return write(w, r) }
}

// points shows what was earned; what could not be graded has no number.
func points(e grade.Exercise) string {
	if e.Points == nil {
		return fmt.Sprintf("–/%d", e.MaxPoints)
	}
	return fmt.Sprintf("%d/%d", *e.Points, e.MaxPoints)
}

// worth shows what a test earned, or that it is a guard.
func worth(t grade.Test) string {
	if t.Guard {
		return "guard"
	}
	return fmt.Sprintf("%d/%d", t.Points, t.MaxPoints)
}

// failing returns the tests that speak against the fix, those with points first.
func failing(e grade.Exercise) (tests []grade.Test) {
	for _, guard := range []bool{false, true} {
		for _, t := range e.Tests {
			if t.Guard == guard && t.Verdict != evidence.Pass && t.Verdict != evidence.Skipped {
				tests = append(tests, t)
			}
		}
	}
	return tests
}

// total is the last line of a report, without its colour.
func total(r grade.Report) string {
	if r.Points == nil {
		return "no score: the grader could not grade " + counted(r.Ungraded)
	}
	passed := 0
	for _, e := range r.Exercises {
		if e.Verdict == evidence.Pass {
			passed++
		}
	}
	text := fmt.Sprintf("%d of %d points, %d of %d exercises pass", *r.Points, r.MaxPoints, passed, len(r.Exercises)-r.Ungraded)
	if r.Ungraded > 0 {
		text += fmt.Sprintf("; %s not graded, and not counted", counted(r.Ungraded))
	}
	return text
}

func counted(exercises int) string {
	if exercises == 1 {
		return "1 exercise"
	}
	return fmt.Sprintf("%d exercises", exercises)
}

// oneLine keeps a text to one line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
