package report

import (
	"fmt"
	"io"
	"strings"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/junit"
)

// writeJUnit writes a report as JUnit XML: a suite per exercise, a case per check.
func writeJUnit(w io.Writer, r grade.Report) error {
	all := junit.Report{Name: "heisenkata", Time: junit.Seconds(r.Seconds)}
	for _, e := range r.Exercises {
		all.Add(suite(e))
	}
	return all.Write(w)
}

func suite(e grade.Exercise) junit.Suite {
	s := junit.Suite{Name: e.ID}
	for _, c := range e.Checks {
		s.Add(testCase(e, c.Detector, c))
	}
	for _, t := range e.Tests {
		for _, c := range t.Checks {
			s.Add(testCase(e, t.Name+"/"+c.Detector, c))
		}
	}
	if e.Error != "" {
		s.Add(junit.Case{Class: e.ID, Name: "grader", Error: &junit.Detail{Message: "the grader could not grade this", Type: "error", Text: e.Error}})
	}
	return s
}

func testCase(e grade.Exercise, name string, c evidence.Check) junit.Case {
	j := junit.Case{Class: e.ID, Name: name}
	switch {
	case c.Verdict == evidence.Skipped:
		j.Skipped = &junit.Detail{Message: c.Note}
	case c.Verdict == evidence.Error:
		j.Error = &junit.Detail{Message: c.Note, Type: string(c.Verdict)}
	case c.Failed():
		j.Failure = &junit.Detail{Type: string(c.Verdict)}
		if f := c.Finding; f != nil {
			j.Failure.Message, j.Failure.Text = oneLine(does(c)+": "+f.Summary), plainFinding(*f)
		}
	}
	return j
}

// plainFinding is a finding as lines of text.
func plainFinding(f evidence.Finding) string {
	var b strings.Builder
	for _, p := range f.Places {
		fmt.Fprintf(&b, "%s: %s (%s)\n", p, p.Code, p.Role)
	}
	fmt.Fprintf(&b, "%s\n", meaning(f))
	if picture := drawn(f); picture != "" {
		fmt.Fprintf(&b, "\n%s\n\n", picture)
	}
	fmt.Fprintf(&b, "again: %s\n%s\n", f.Replay, f.Output)
	return b.String()
}
