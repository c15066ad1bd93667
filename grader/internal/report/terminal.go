package report

import (
	"fmt"
	"io"
	"path"
	"strings"

	"charm.land/lipgloss/v2"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/harmless"
)

// The screen's rules: an exercise is one line, what is wrong with it is
// indented below. Colour says again what a word or a sign has said, so that
// nothing is lost without it. A line fits 80 columns unless it quotes code or
// is a command to copy.
var (
	good  = lipgloss.NewStyle().Foreground(lipgloss.Green)
	bad   = lipgloss.NewStyle().Foreground(lipgloss.Red).Bold(true)
	faint = lipgloss.NewStyle().Faint(true)
	bold  = lipgloss.NewStyle().Bold(true)
	code  = lipgloss.NewStyle().Foreground(lipgloss.Cyan)
)

const (
	width    = 80
	codeMost = 160 // columns of a quoted line of code
	indent   = "    "
)

// screen gathers lines and the first error of writing them.
type screen struct {
	strings.Builder
	detailed bool // show pictures too
}

func (s *screen) line(format string, args ...any) {
	fmt.Fprintf(s, format, args...)
	s.WriteByte('\n')
}

// wrapped writes text in paragraphs that fit the screen, each line indented.
func (s *screen) wrapped(style lipgloss.Style, prefix, text string) {
	for _, line := range strings.Split(lipgloss.Wrap(oneLine(text), width-len(prefix), ""), "\n") {
		s.line("%s%s", prefix, style.Render(line))
	}
}

// terminal writes a report for people. It always holds colours; the writer
// takes them out where they do not belong.
func terminal(w io.Writer, r grade.Report) error {
	s := &screen{}
	detailed := len(r.Exercises) == 1
	for i, e := range r.Exercises {
		if i == 0 || r.Exercises[i-1].Chapter != e.Chapter {
			s.line("%s", faint.Render(e.Chapter))
		}
		s.exercise(e, detailed)
	}
	s.line("")
	for _, note := range r.Notes {
		s.wrapped(faint, "", note)
	}
	style := good
	if r.Verdict != evidence.Pass {
		style = bad
	}
	s.line("%s", style.Render(total(r)))
	s.line("%s", faint.Render(fmt.Sprintf("%.1f s, effort %s, %s on %s with %d processors", r.Seconds, r.Effort, r.Go, r.Platform, r.Processors)))
	s.protection(r.Protection)
	s.next(r)
	_, err := io.WriteString(w, harmless.Uncommanding(s.String()))
	return err
}

// protection says in a word how well this machine was protected, and more where
// it was not.
func (s *screen) protection(p evidence.Protection) {
	if p.Level == "full" {
		s.line("%s", faint.Render("protection of this machine: full"))
		return
	}
	s.wrapped(bad, "", "protection of this machine: "+p.Level+". "+p.Explanation)
}

func mark(v evidence.Verdict) string {
	switch v {
	case evidence.Pass:
		return good.Render("✓")
	case evidence.Skipped:
		return faint.Render("·")
	}
	return bad.Render("✗")
}

func (s *screen) exercise(e grade.Exercise, detailed bool) {
	s.line("%s %-24s %7s  %s", mark(e.Verdict), bold.Render(fmt.Sprintf("%-24s", e.ID)), points(e.Points, e.MaxPoints), e.Verdict)
	switch {
	case e.Verdict == evidence.Error:
		s.wrapped(bad, indent, "grader error, not a zero: "+e.Error)
	case e.Verdict == evidence.Pass:
		s.wrapped(faint, indent, e.Strength())
	case detailed:
		s.detailed = true
		s.tests(e)
	default:
		s.finding(e.Finding(), indent)
		s.others(e)
	}
	if e.Forfeited != "" {
		s.wrapped(bad, indent, "forfeited: "+e.Forfeited)
	}
}

// others names the failing tests in one line.
func (s *screen) others(e grade.Exercise) {
	var names []string
	for _, t := range failing(e) {
		names = append(names, t.Name)
	}
	if len(names) > 0 {
		s.wrapped(faint, indent, fmt.Sprintf("%d of %d tests fail: %s", len(names), len(e.Tests), strings.Join(names, ", ")))
	}
}

// tests shows each test, and each finding once.
func (s *screen) tests(e grade.Exercise) {
	for _, c := range e.Checks {
		if c.Failed() {
			s.finding(c.Finding, indent)
			return
		}
	}
	seen := map[string]string{}
	for _, t := range e.Tests {
		s.line("%s%s %-36s %7s  %s", indent, mark(t.Verdict), t.Name, worth(t), s.checks(t))
		f := t.Finding()
		switch {
		case f == nil:
		case seen[f.Summary] != "":
			s.line("%s  %s", indent, faint.Render("as in "+seen[f.Summary]))
		default:
			seen[f.Summary] = t.Name
			s.finding(f, indent+"  ")
		}
	}
}

// checks sums up what each detector said of a test that has not passed.
func (s *screen) checks(t grade.Test) string {
	var words []string
	for _, c := range t.Checks {
		if c.Failed() {
			words = append(words, fmt.Sprintf("%s: %s", c.Detector, c.Verdict))
		}
	}
	if runs, _ := t.Runs(); len(words) == 0 && runs > 0 {
		return faint.Render(fmt.Sprintf("%d runs", runs))
	}
	return strings.Join(words, ", ")
}

func (s *screen) finding(f *evidence.Finding, prefix string) {
	if f == nil {
		return
	}
	s.wrapped(lipgloss.NewStyle(), prefix, f.Summary)
	for _, p := range f.Places {
		if s.detailed && f.Picture != "" {
			break // which has them all
		}
		s.line("%s  %s:%d  %s", prefix, path.Base(p.File), p.Line, faint.Render(p.Role))
		if p.Code != "" {
			s.line("%s    %s", prefix, code.Render(harmless.Cut(p.Code, codeMost)))
		}
	}
	s.wrapped(faint, prefix, f.Meaning)
	if s.detailed {
		s.picture(f, prefix)
	}
	if f.Replay != "" {
		s.line("%sagain: %s", prefix, code.Render(f.Replay))
	}
}

// picture shows the interleaving that a finding is about.
func (s *screen) picture(f *evidence.Finding, prefix string) {
	for line := range strings.Lines(f.Picture) {
		s.line("%s%s", prefix, harmless.Line(strings.TrimRight(line, "\n")))
	}
}

// next says what to do now.
func (s *screen) next(r grade.Report) {
	for _, e := range r.Exercises {
		switch e.Verdict {
		case evidence.Pass:
		case evidence.Error:
			s.line("This is not about your code. Mend what is named above, and grade again.")
			return
		default:
			s.line("next: %s, then %s", code.Render(e.Dir+"/README.md"), code.Render("go run ./grader hint "+e.ID))
			return
		}
	}
}
