package report

import (
	"fmt"
	"io"
	"strings"

	"charm.land/lipgloss/v2"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/harmless"
)

// terminal writes a report for people: of one exercise a screen with the
// clearest failure, of several a list, or all there is. It always holds
// colours; the writer takes them out where they do not belong.
func terminal(w io.Writer, r grade.Report, o Options) error {
	s := &screen{Options: o.complete()}
	switch {
	case s.All:
		s.everything(r)
	case len(r.Exercises) == 1:
		s.one(r)
	default:
		s.list(r)
	}
	_, err := io.WriteString(w, harmless.Uncommanding(strings.Join(kept(s.lines, always), "\n")+"\n"))
	return err
}

// list shows each exercise in a few lines: what came of it, and of those that
// fall short the clearest failure's story.
func (s *screen) list(r grade.Report) {
	for i, e := range r.Exercises {
		s.chapter(r, i)
		s.headline(e.Verdict, fmt.Sprintf("%-20s", e.ID), fmt.Sprintf("%6s", points(e)), plain, short(e))
		switch failures := e.Failures(); {
		case e.Verdict == evidence.Error:
			s.wrapped(bad, listIndent, "not a zero: "+e.Error, 6)
		case e.Verdict == evidence.Pass:
			s.wrapped(faint, listIndent, e.Strength(), 0)
		case len(failures) > 0:
			s.wrapped(plain, listIndent, failures[0].Story, 3)
		}
	}
	s.line("")
	s.total(r)
	s.notes(r)
	s.next(r)
	s.circumstances(r)
}

const listIndent = "    "

// chapter writes a chapter's name above its first exercise.
func (s *screen) chapter(r grade.Report, i int) {
	if i == 0 || r.Exercises[i-1].Chapter != r.Exercises[i].Chapter {
		s.cut(faint, "", r.Exercises[i].Chapter)
	}
}

// short says in a few words what came of an exercise.
func short(e grade.Exercise) string {
	text := cameTo(e)
	if n := len(failing(e)); n > 0 {
		text += fmt.Sprintf(" · %d of %d tests fail", n, len(e.Tests))
	}
	if e.Forfeited != "" {
		text += " · forfeited"
	}
	if e.Refused() && e.Earned > 0 {
		text += fmt.Sprintf(" · would earn %d", e.Earned)
	}
	return text
}

// forfeit says why points that were earned do not count, in a line of so many
// columns if it can: where the guards' names do not fit, their number does.
func forfeit(e grade.Exercise, columns int) string {
	names := e.BrokenGuards()
	why := fmt.Sprintf("%d of %d earned, forfeited: ", e.Earned, e.MaxPoints)
	if text := why + guards(names) + " broke"; len(names) < 2 || lipgloss.Width(text) < columns {
		return text
	}
	return fmt.Sprintf("%s%d guards broke", why, len(names))
}

// guard says what a guard is.
func (s *screen) guard() {
	s.wrapped(faint, indent, "A guard is a test the starter passes. A fix that breaks one gets no points.", 2)
}

func guards(names []string) string {
	switch len(names) {
	case 0: // of a report that was put together otherwise
		return "a guard"
	case 1:
		return names[0] + " (a guard)"
	case 2:
		return names[0] + " and another guard"
	}
	return fmt.Sprintf("%s and %d more guards", names[0], len(names)-1)
}
