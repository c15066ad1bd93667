package report

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/grade"
)

// One exercise on one screen: the clearest failure, in the order in which it is
// best understood. First what a user of the code sees go wrong, then the lines
// and what they mean, then the interleaving, and the command that shows it
// again. What does not fit is counted, and --all has it.

// one writes the screen of one exercise. The picture gets the room that the rest
// leaves.
func (s *screen) one(r grade.Report) {
	e := r.Exercises[0]
	head, tail := &screen{Options: s.Options}, &screen{Options: s.Options}
	failures := e.Failures()
	switch {
	case e.Verdict == evidence.Pass:
		head.passed(e)
	case e.Verdict == evidence.Error:
		head.headline(e.Verdict, e.ID, points(e), plain, called(e.Verdict))
		head.gap()
		head.wrapped(bad, indent, "Not a zero: "+e.Error, 12)
	case len(failures) == 0:
		head.headline(e.Verdict, e.ID, points(e), plain, called(e.Verdict))
		head.unproved(e)
	default:
		s.failure(head, tail, e, failures)
	}
	tail.gap()
	tail.more(failures)
	tail.notes(r)
	tail.next(r)
	tail.needed(howItWas, func() { tail.circumstances(r) })
	s.arrange(head.lines, tail.lines, failures)
}

// arrange puts the picture between head and tail. Where there is little room,
// lines that are needed least go before the picture loses anything, and of the
// picture goes what tells least.
func (s *screen) arrange(head, tail []line, failures []grade.Failure) {
	f, _ := shown(failures)
	whole := s.picture(f.Why, indent, longest)
	if len(whole) > 0 {
		whole = slices.Concat([]string{""}, whole)
	}
	if s.put(kept(head, always), whole, kept(tail, always)) {
		return
	}
	for without := aGap; without < never; without++ {
		above, below := kept(head, without), kept(tail, without)
		room := max(s.height()-s.rows(above)-s.rows(below), 1)
		fits := s.put(above, s.picture(f.Why, indent, room), below)
		if fits && (without > aGap || len(s.picture(f.Why, indent, longest)) <= room) {
			return
		}
	}
	above, below := kept(head, theLines), kept(tail, theLines)
	room := max(s.height()-s.rows(above)-s.rows(below), 1)
	tight := s.drawn(f.Why, indent, explored.Canvas{Lines: room, Tight: true})
	if !s.put(above, tight, below) && !s.put(above, shortened(tight, room), below) {
		s.put(kept(head, aGap), nil, kept(tail, aGap))
	}
}

// shortened is the part of a picture that shows what went wrong: its last rule, and what
// stands below it, as far as there is room.
func shortened(picture []string, room int) []string {
	for i, line := range slices.Backward(picture) {
		if strings.Contains(line, "━━ ✗") {
			return picture[i:min(i+room, len(picture))]
		}
	}
	return nil
}

// longest is more than the lines of any picture.
const longest = 1000

// put fills the screen, and reports whether it fits.
func (s *screen) put(parts ...[]string) bool {
	s.lines = nil
	texts := slices.Concat(parts...)
	for _, text := range texts {
		s.line("%s", text)
	}
	return s.rows(texts) <= s.height()
}

// shown is the failure that the screen is about: of a refused fix that was run
// nevertheless, what its tests show.
func shown(list []grade.Failure) (grade.Failure, bool) {
	for _, f := range list {
		if f.Test != nil {
			return f, true
		}
	}
	if len(list) > 0 {
		return list[0], true
	}
	return grade.Failure{}, false
}

// failure writes what stands above the picture and what stands below it.
func (s *screen) failure(head, tail *screen, e grade.Exercise, list []grade.Failure) {
	f, _ := shown(list)
	head.verdict(e, f, list)
	head.gap()
	head.wrapped(bold, indent, f.Story, 3)
	head.gap()
	head.needed(theLines, func() { head.spots(indent, spots(decisive(f.Why), false), 2) })
	head.needed(whatItMean, func() { head.wrapped(faint, indent, f.Why.Meaning, 2) })
	if f.Test == nil {
		head.listed(f.Why.Output, 6)
	}
	if f.Why.Replay != "" {
		tail.gap()
		tail.command(indent+"again: ", f.Why.Replay)
	}
}

// verdict writes the headline: which test the screen is about, or, where a word
// about the whole fix comes first, that and then the test.
func (s *screen) verdict(e grade.Exercise, f grade.Failure, list []grade.Failure) {
	test := ""
	if f.Test != nil {
		test = f.Test.Name + " " + outcome(*f.Test)
	}
	switch {
	case e.Refused():
		s.headline(e.Verdict, e.ID, points(e), plain, called(e.Verdict)+earnable(e))
		if test != "" {
			s.refused(list)
		}
	case e.Forfeited != "":
		s.headline(e.Verdict, e.ID, points(e), bad, forfeit(e, s.Width-lipgloss.Width(indent)))
		s.needed(inGeneral, s.guard)
	default:
		s.headline(e.Verdict, e.ID, points(e), plain, test)
		return
	}
	if test != "" {
		s.wrapped(plain, indent, test, 2)
	}
}

// decisive are the places that say most: of a race both sides, and else those in
// the learner's code, if there are any.
func decisive(f evidence.Finding) []evidence.Place {
	own := slices.DeleteFunc(slices.Clone(f.Places), func(p evidence.Place) bool { return strings.HasSuffix(p.File, "_test.go") })
	if f.Verdict == evidence.Race || len(own) == 0 {
		return f.Places
	}
	return own
}

// refused writes why a fix earns nothing, where its tests have more to tell.
func (s *screen) refused(list []grade.Failure) {
	for _, f := range list {
		if f.Test != nil {
			continue
		}
		at := ""
		for _, p := range spots(f.Why.Places, false) {
			at = p.at + "  "
			break
		}
		s.cut(bad, indent, at+f.Story)
	}
}

// earnable says what the tests of a refused fix are worth.
func earnable(e grade.Exercise) string {
	if !e.Ran() {
		return ""
	}
	return fmt.Sprintf("; without that it would earn %d of %d", e.Earned, e.MaxPoints)
}

// more counts the failures that are not shown.
func (s *screen) more(list []grade.Failure) {
	tests := 0
	for _, f := range list {
		if f.Test != nil {
			tests++
		}
	}
	all := "--all"
	if s.Keys {
		all = "a"
	}
	switch {
	case tests > 2:
		s.cut(plain, "", fmt.Sprintf("%d more tests fail; %s shows them.", tests-1, all))
	case tests == 2:
		s.line("1 more test fails; %s shows it.", all)
	}
}

// unproved lists the tests that were not checked completely.
func (s *screen) unproved(e grade.Exercise) {
	s.gap()
	for _, t := range e.Tests {
		for _, c := range t.Checks {
			if t.Verdict == evidence.Skipped && c.Verdict == evidence.Skipped {
				s.cut(plain, indent, t.Name+": "+c.Detector+" "+c.Note)
				break
			}
		}
	}
	s.lines = s.lines[:min(len(s.lines), minHeight/2)]
}

// passed writes what a fix has proven, and what to learn from it.
func (s *screen) passed(e grade.Exercise) {
	s.headline(e.Verdict, e.ID, points(e), plain, called(e.Verdict))
	s.gap()
	if e.Learnt != "" {
		s.wrapped(bold, indent, e.Learnt, 4)
		s.gap()
	}
	s.wrapped(faint, indent, e.Strength(), 3)
}
