package explored

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"heisenkata/grader/internal/harmless"
	"heisenkata/grader/internal/junit"
	"heisenkata/grader/internal/workflow"
)

// WriteJUnit writes a report as JUnit XML: a suite per package, a case per test. A
// doubt is a skipped case, with its reason.
func WriteJUnit(w io.Writer, r Report) error {
	r = bounded(r)
	all := junit.Report{Name: "grader explore"}
	for _, p := range r.Packages {
		s := junit.Suite{Name: safe(p.Package)}
		if p.Reason != "" && p.Reason != NoTests {
			s.Add(junit.Case{Class: safe(p.Package), Name: "package", Error: &junit.Detail{Message: sentence(p.Reason), Type: string(Unexplorable)}})
		}
		for _, t := range p.Tests {
			s.Add(r.junitCase(p, t))
		}
		all.Add(s)
	}
	return all.Write(w)
}

func (r Report) junitCase(p Package, t Test) junit.Case {
	c := junit.Case{Class: safe(p.Package), Name: safe(t.Name), Time: junit.Seconds(t.Seconds)}
	d := &junit.Detail{Message: sentence(t.Summary), Type: safe(string(t.Verdict)), Text: r.plain(p, t)}
	switch {
	case t.Verdict.Found():
		c.Failure = d
	case t.Verdict != Pass:
		c.Skipped = d
	}
	return c
}

// maxPlain bounds what is shown of a test where all of it is text, in bytes.
const maxPlain = 1 << 16

// plain is what a terminal without colours shows of a test.
func (r Report) plain(p Package, t Test) string {
	s := &screen{Options: Options{Width: workflow.LogWidth}, again: r.Again}
	s.test(p, t, maxName, "")
	return harmless.Head(s.String(), maxPlain, "…\n")
}

// WriteGitHub writes a report for the log of a GitHub Actions step: what a terminal
// shows, and an annotation at the line of each finding.
func WriteGitHub(w io.Writer, r Report) error {
	var text strings.Builder
	if err := WriteTerminal(&text, r, Options{Width: workflow.LogWidth}); err != nil {
		return err
	}
	var list []workflow.Annotation
	for _, p := range bounded(r).Packages {
		for _, t := range p.Tests {
			if t.Verdict.Found() {
				list = append(list, r.annotation(p, t))
			}
		}
	}
	return workflow.Write(w, text.String(), list)
}

func (r Report) annotation(p Package, t Test) workflow.Annotation {
	at := t.place()
	lines := []string{sentence(cmp.Or(t.Story, t.Summary))}
	if t.Story != "" {
		lines = append(lines, sentence(t.Summary))
	}
	if t.Schedule != "" {
		lines = append(lines, "again: "+r.Again.replay(p, t.Name, t.Schedule))
	}
	return workflow.Annotation{File: safe(at.File), Line: at.Line, Title: safe(t.Name) + ": " + outcome(t), Message: strings.Join(lines, "\n")}
}

// place is the line that a finding is about most: of a race, a deadlock or a leak one
// of its own, else where the test fails, else the last step.
func (t Test) place() (at Place) {
	for _, a := range t.Races {
		return Place{File: a.File, Line: a.Line}
	}
	if t.Verdict == Deadlock || t.Verdict == Leak {
		for _, w := range t.Waiting {
			if w.File != "" {
				return Place{File: w.File, Line: w.Line}
			}
		}
	}
	if t.FailedAt != nil {
		return *t.FailedAt
	}
	for _, step := range slices.Backward(t.Trace) {
		if step.File != "" {
			return Place{File: step.File, Line: step.Line}
		}
	}
	return at
}

// event is a line of what go test -json prints.
type event struct {
	Action  string
	Package string
	Test    string  `json:",omitempty"`
	Elapsed float64 `json:",omitempty"` // seconds
	Output  string  `json:",omitempty"`
}

// WriteTest2JSON writes a report as the events of go test -json, for tools that read
// those. A doubt is a skipped test.
func WriteTest2JSON(w io.Writer, r Report) error {
	enc := json.NewEncoder(w)
	var err error
	emit := func(e event) {
		if err == nil {
			err = enc.Encode(e)
		}
	}
	for _, p := range bounded(r).Packages {
		name := safe(p.Package)
		action, seconds := "pass", 0.0
		if p.Reason != "" && p.Reason != NoTests {
			emit(event{Action: "output", Package: name, Output: sentence(p.Reason) + "\n"})
			action = "fail"
		}
		for _, t := range p.Tests {
			ended := event{Action: actionOf(t.Verdict), Package: name, Test: safe(t.Name), Elapsed: t.Seconds}
			emit(event{Action: "run", Package: name, Test: ended.Test})
			emit(event{Action: "output", Package: name, Test: ended.Test, Output: r.plain(p, t)})
			emit(event{Action: "output", Package: name, Test: ended.Test, Output: fmt.Sprintf("--- %s: %s (%.2fs)\n", strings.ToUpper(ended.Action), ended.Test, t.Seconds)})
			emit(ended)
			if seconds += t.Seconds; ended.Action == "fail" {
				action = "fail"
			}
		}
		emit(event{Action: action, Package: name, Elapsed: seconds})
	}
	return err
}

// actionOf is a verdict as go test has it.
func actionOf(v Verdict) string {
	switch {
	case v == Pass:
		return "pass"
	case v.Found():
		return "fail"
	}
	return "skip"
}
