package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
)

// The elements of JUnit's XML, as far as its readers agree on them.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string      `xml:"classname,attr"`
		Name    string      `xml:"name,attr"`
		Failure *junitWords `xml:"failure,omitempty"`
		Error   *junitWords `xml:"error,omitempty"`
		Skipped *junitWords `xml:"skipped,omitempty"`
	}
	junitWords struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// junit writes a report as JUnit XML: a suite an exercise, a case a check.
func junit(w io.Writer, r grade.Report) error {
	all := junitSuites{Name: "heisenkata", Time: fmt.Sprintf("%.3f", r.Seconds)}
	for _, e := range r.Exercises {
		s := suite(e)
		all.Tests, all.Failures, all.Errors = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors
		all.Suites = append(all.Suites, s)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func suite(e grade.Exercise) junitSuite {
	s := junitSuite{Name: e.ID}
	for _, c := range e.Checks {
		s.add(testCase(e, c.Detector, c))
	}
	for _, t := range e.Tests {
		for _, c := range t.Checks {
			s.add(testCase(e, t.Name+"/"+c.Detector, c))
		}
	}
	if e.Error != "" {
		s.add(junitCase{Class: e.ID, Name: "grader", Error: &junitWords{Message: "the grader could not grade this", Type: "error", Text: e.Error}})
	}
	return s
}

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

func testCase(e grade.Exercise, name string, c evidence.Check) junitCase {
	j := junitCase{Class: e.ID, Name: name}
	switch {
	case c.Verdict == evidence.Skipped:
		j.Skipped = &junitWords{Message: c.Note}
	case c.Verdict == evidence.Error:
		j.Error = &junitWords{Message: c.Note, Type: string(c.Verdict)}
	case c.Failed():
		j.Failure = &junitWords{Type: string(c.Verdict)}
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
