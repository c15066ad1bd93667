package report

import (
	"fmt"
	"strings"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/kata"
)

// A verdict in words: as what it is called, and as what the fix does. "Race"
// alone would be both a detector and a verdict, and a wrong result that a race
// build showed would read like a data race.
var verdictWords = map[evidence.Verdict]struct{ noun, verb string }{
	evidence.Pass:      {"pass", "passes"},
	evidence.Fail:      {"wrong result", "fails"},
	evidence.Race:      {"data race", "races"},
	evidence.Leak:      {"goroutine leak", "leaks a goroutine"},
	evidence.Deadlock:  {"deadlock", "deadlocks"},
	evidence.Panic:     {"panic", "panics"},
	evidence.Timeout:   {"does not end in time", "does not end in time"},
	evidence.Memory:    {"out of memory", "runs out of memory"},
	evidence.Policy:    {"refused by the policy", "is refused by the policy"},
	evidence.Build:     {"does not compile", "does not compile"},
	evidence.Vet:       {"go vet objects", "is not what go vet accepts"},
	evidence.Integrity: {"no honest report", "does not report as a test does"},
	evidence.Skipped:   {"not looked at", "was not looked at"},
	evidence.Error:     {"grader error", "could not be graded"},
}

// called is what a verdict is called.
func called(v evidence.Verdict) string {
	if w, ok := verdictWords[v]; ok {
		return w.noun
	}
	return string(v)
}

// cameTo says in a word what came of an exercise: what its clearest finding shows, if there
// is one.
func cameTo(e grade.Exercise) string {
	if f := e.Finding(); f != nil {
		return called(f.Verdict)
	}
	return called(e.Verdict)
}

// does says what a test does under a detector: "fails in a race build".
func does(c evidence.Check) string {
	verb := string(c.Verdict)
	if w, ok := verdictWords[c.Verdict]; ok {
		verb = w.verb
	}
	switch {
	case c.Detector == kata.RaceDetector && c.Verdict != evidence.Race:
		return verb + " in a race build"
	case c.Detector == kata.RepeatDetector:
		return verb + " when repeated"
	case c.Detector == kata.ExploreDetector && c.Finding != nil && c.Finding.Explored != nil:
		return fmt.Sprintf("%s under schedule %d", verb, c.Finding.Explored.Schedules)
	}
	return verb
}

// outcome says what a test does, in plain words: "fails, and races".
func outcome(t grade.Test) string {
	var words []string
	seen := map[evidence.Verdict]bool{}
	for _, c := range t.Checks {
		if c.Failed() && !seen[c.Verdict] {
			seen[c.Verdict] = true
			words = append(words, does(c))
		}
	}
	switch n := len(words); n {
	case 0:
		return does(soFar(t))
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + ", and " + words[n-1]
	}
}

// soFar is a check of what is known of a test that nothing speaks against: it has
// passed, or only some detectors have looked.
func soFar(t grade.Test) evidence.Check {
	for _, c := range t.Checks {
		if t.Verdict == evidence.Skipped && c.Detector == kata.RaceDetector && c.Verdict == evidence.Pass {
			return c
		}
	}
	return evidence.Check{Verdict: t.Verdict}
}

// meaning is what a finding means, and what to do about it.
func meaning(f evidence.Finding) string { return strings.TrimSpace(f.Meaning + " " + f.Advice) }

// pageWidth is how wide a picture is on a web page and in a build's log.
const pageWidth = 100

// drawn is a finding's picture as plain text; of a report that did not keep what
// it shows, the picture as it was drawn then.
func drawn(f evidence.Finding) string {
	if f.Explored == nil {
		return f.Picture
	}
	return explored.Picture(*f.Explored, pageWidth)
}
