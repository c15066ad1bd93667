package report

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/harmless"
)

// everything shows each test of each exercise, and each finding once.
func (s *screen) everything(r grade.Report) {
	for i, e := range r.Exercises {
		s.apart()
		s.chapter(r, i)
		rest := cameTo(e)
		if e.Refused() {
			rest += earnable(e)
		}
		s.headline(e.Verdict, e.ID, points(e), plain, rest)
		if e.Forfeited != "" {
			s.wrapped(bad, indent, forfeit(e, maxProse), 0)
			s.guard()
		}
		switch e.Verdict {
		case evidence.Error:
			s.wrapped(bad, indent, "grader error, not a zero: "+e.Error, 0)
		case evidence.Pass:
			s.wrapped(plain, indent, e.Learnt, 0)
			s.wrapped(faint, indent, e.Strength(), 0)
		}
		s.whole(e)
		s.tests(e)
	}
	s.apart()
	s.total(r)
	s.notes(r)
	s.circumstances(r)
	s.next(r)
}

// apart leaves a line empty, unless the last one is.
func (s *screen) apart() {
	if n := len(s.lines); n > 0 && s.lines[n-1].text != "" {
		s.line("")
	}
}

// whole shows what speaks against the fix as a whole.
func (s *screen) whole(e grade.Exercise) {
	for _, c := range e.Checks {
		if c.Failed() && c.Finding != nil {
			s.finding(c.Finding.Summary, *c.Finding, indent)
		}
	}
}

// tests shows each test. If two have the same story, it is shown once.
func (s *screen) tests(e grade.Exercise) {
	if !e.Ran() {
		return
	}
	told, why := map[string]string{}, ""
	names := 0
	for _, t := range e.Tests {
		names = max(names, lipgloss.Width(t.Name))
	}
	s.line("")
	for i := range e.Tests {
		t := &e.Tests[i]
		came := s.came(*t)
		if reason := whySkipped(*t); reason != "" && reason != why { // the first time only
			why, came = reason, came+reason
		}
		s.headline(t.Verdict, fmt.Sprintf("%-*s", min(names, s.Width/2), t.Name), fmt.Sprintf("%5s", worth(*t)), plain, came)
		f, ok := t.Failure()
		switch {
		case !ok:
		case told[f.Story] != "":
			s.cut(faint, listIndent, "as in "+told[f.Story])
		default:
			told[f.Story] = t.Name
			s.finding(f.Story, f.Why, listIndent)
			s.line("")
		}
	}
}

// whySkipped says why a test was not looked at, if it was not.
func whySkipped(t grade.Test) string {
	if t.Verdict != evidence.Skipped || len(t.Checks) == 0 {
		return ""
	}
	reason, ok := strings.CutPrefix(t.Checks[0].Note, "skipped because ")
	if !ok {
		return ""
	}
	reason, _, _ = strings.Cut(reason, ",")
	return ": " + reason
}

// came says what came of a test.
func (s *screen) came(t grade.Test) string {
	if runs, _ := t.Runs(); t.Verdict == evidence.Pass {
		return fmt.Sprintf("%d runs", runs)
	}
	return outcome(t)
}

func (s *screen) finding(story string, f evidence.Finding, prefix string) {
	s.wrapped(bold, prefix, story, 0)
	if f.Summary != story {
		s.wrapped(plain, prefix, f.Summary, 0)
	}
	s.spots(prefix, spots(f.Places, true), maxList)
	s.wrapped(faint, prefix, meaning(f), 0)
	if drawn := s.picture(f, prefix, 0); drawn != nil {
		for _, text := range slices.Concat([]string{""}, drawn, []string{""}) {
			s.line("%s", text)
		}
	}
	if f.Verdict == evidence.Fail && f.Explored == nil || isWhole(f.Verdict) {
		s.output(f.Output, prefix)
	}
	if f.Replay != "" {
		s.command(prefix+"again: ", f.Replay)
	}
}

func isWhole(v evidence.Verdict) bool {
	return v == evidence.Policy || v == evidence.Build || v == evidence.Vet
}

// output shows what a test printed as it printed it: expected above actual.
func (s *screen) output(text, prefix string) {
	if text == "" {
		return
	}
	for line := range strings.Lines(text) {
		line = strings.ReplaceAll(strings.TrimRight(line, " \n"), "\t", "    ")
		s.cut(faint, prefix+"│ ", line)
	}
}

// listed shows further findings of the same check, so many rows of them.
func (s *screen) listed(text string, most int) {
	n := 0
	for line := range strings.Lines(text) {
		for _, row := range harmless.Wrap(strings.TrimRight(line, "\n"), s.Width-lipgloss.Width(indent)-1) {
			if n++; n > most {
				s.line("%s", indent+faint.Render("…"))
				return
			}
			s.cut(faint, indent, row)
		}
	}
}
