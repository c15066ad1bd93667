package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/lipgloss/v2"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
)

// total writes how many points there are in all.
func (s *screen) total(r grade.Report) {
	style := good
	if r.Verdict != evidence.Pass {
		style = bad
	}
	s.wrapped(style, "", total(r), 0)
}

// notes writes what a reader has to know to trust the score. That tests and
// fixes are of one checkout is said in a word below, or by --all.
func (s *screen) notes(r grade.Report) {
	for _, note := range r.Notes {
		if note != grade.SelfAssessment || s.All {
			s.wrapped(faint, "", note, s.mostOf(2))
		}
	}
	if r.Protection.Level != "full" {
		s.wrapped(bad, "", "protection of this machine: "+r.Protection.Level+". "+r.Protection.Explanation, s.mostOf(2))
	}
}

// mostOf limits a text, unless everything was requested.
func (s *screen) mostOf(lines int) int {
	if s.All {
		return 0
	}
	return lines
}

// circumstances writes how the grading was done, as much of it as one line holds.
func (s *screen) circumstances(r grade.Report) {
	parts := []string{fmt.Sprintf("%.1f s, effort %s", r.Seconds, r.Effort)}
	if r.Protection.Level == "full" {
		parts = append(parts, "protection full")
	}
	if r.SelfAssessment && !s.All {
		parts = append(parts, "self-assessment")
	}
	parts = append(parts, fmt.Sprintf("%s on %s", r.Go, r.Platform), fmt.Sprintf("%d processors", r.Processors))
	if s.All {
		s.wrapped(faint, "", strings.Join(parts, " · "), 0)
		return
	}
	text := ""
	for i, p := range parts {
		if i > 0 && lipgloss.Width(text+" · "+p) >= s.Width {
			break
		}
		text += strings.Repeat(" · ", min(i, 1)) + p
	}
	s.cut(faint, "", text)
}

// next says what to do now: about the first exercise that falls short, or else
// with which to go on.
func (s *screen) next(r grade.Report) {
	for _, e := range r.Exercises {
		if e.Verdict == evidence.Error {
			s.wrapped(plain, "", "This is not about your code. Fix the problem above and "+s.again("run it again", "press r")+".", 0)
			return
		}
		if e.Verdict != evidence.Pass {
			s.remedy(e, len(r.Exercises) == 1)
			return
		}
	}
	if len(r.Exercises) == 1 {
		s.command("the model fix, and the real bug behind it: ", asWritten+" solution "+r.Exercises[0].ID)
	}
	switch {
	case s.Next.ID != "" && s.Keys:
		s.wrapped(plain, "", fmt.Sprintf("next: %s; Enter opens it", s.Next.ID), 0)
	case s.Next.ID != "":
		s.wrapped(plain, "", fmt.Sprintf("next: %s; read %s/README.md", s.Next.ID, s.Next.Dir), 0)
	case len(r.Exercises) > 0:
		s.command("next: ", asWritten+" grade --effort thorough")
	}
}

// remedy says what to do about the failure that is shown: a syntax error is no
// reason for a hint.
func (s *screen) remedy(e grade.Exercise, shown bool) {
	if !shown {
		s.command("next: ", asWritten+" run "+e.ID)
		return
	}
	switch f := e.Finding(); {
	case f != nil && f.Advice != "":
		s.wrapped(plain, "", "next: "+lower(f.Advice)+" Then "+s.again("run it again", "save")+".", 3)
	case e.Verdict == evidence.Build || e.Verdict == evidence.Vet || e.Verdict == evidence.Policy:
		s.wrapped(plain, "", "next: fix the error above and "+s.again("run it again", "save")+".", 2)
	case e.Verdict == evidence.Integrity:
		s.wrapped(plain, "", "next: let the test end by itself, and "+s.again("run it again", "save")+".", 2)
	case s.Keys:
		s.line("next: h shows a hint")
	default:
		s.command("next: ", asWritten+" hint "+e.ID)
	}
}

// again is how to have the fix graded once more.
func (s *screen) again(elsewhere, watched string) string {
	if s.Keys {
		return watched
	}
	return elsewhere
}

// lower makes the beginning of a sentence go on from something before it.
func lower(sentence string) string {
	first, size := utf8.DecodeRuneInString(sentence)
	return string(unicode.ToLower(first)) + sentence[size:]
}
