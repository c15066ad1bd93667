package verify

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"heisenkata/grader/internal/check"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/kata"
)

// Claim is what the first line of a wrong fix says will catch it:
//
//	// caught by: tests
//	// caught by: race in TestTwoAtOnce
//	// caught by: tests, race or repeat in TestNoHitIsLost
type Claim struct {
	Detectors []string // any of them
	Test      string   // "": in any test
}

var claimLine = regexp.MustCompile(`^// caught by: ([a-z]+(?:(?:, | or )[a-z]+)*)(?: in (Test\w+))?$`)

// ParseClaim reads the first line of a wrong fix.
func ParseClaim(source []byte) (Claim, error) {
	line, _, _ := strings.Cut(string(source), "\n")
	m := claimLine.FindStringSubmatch(strings.TrimSpace(line))
	if m == nil {
		return Claim{}, fmt.Errorf("the first line must say what catches it: `// caught by: DETECTOR[, DETECTOR or DETECTOR][ in TestName]`")
	}
	c := Claim{Detectors: strings.FieldsFunc(strings.ReplaceAll(m[1], " or ", ","), func(r rune) bool { return r == ',' || r == ' ' }), Test: m[2]}
	var known []string
	for _, d := range check.Detectors {
		known = append(known, d.Name)
	}
	for _, d := range c.Detectors {
		if !slices.Contains(known, d) {
			return c, fmt.Errorf("there is no detector %q: want one of %s", d, strings.Join(known, ", "))
		}
	}
	return c, nil
}

// problems tells how a grading of a wrong fix differs from the claim.
func (c Claim) problems(g grade.Exercise) (problems []string) {
	if *g.Points >= g.MaxPoints {
		problems = append(problems, "a wrong fix earned full marks")
	}
	if len(c.Detectors) == 0 || c.holds(g) { // that it claims nothing has been said
		return problems
	}
	failed := failures(g)
	switch {
	case failed != "":
		problems = append(problems, fmt.Sprintf("not caught by %s; it failed by %s", c, failed))
	case c.Test != "":
		problems = append(problems, fmt.Sprintf("not caught by %s: that test passes, and no other was run; claim what does catch it, or add a test that does", c))
	default:
		problems = append(problems, fmt.Sprintf("not caught by %s: all tests pass; add one that catches it, or move the fix to testdata/right if it is right", c))
	}
	return problems
}

func (c Claim) String() string {
	text := strings.Join(c.Detectors, " or ")
	if c.Test != "" {
		text += " in " + c.Test
	}
	return text
}

func (c Claim) holds(g grade.Exercise) bool {
	return c.caught(g.Checks) || slices.ContainsFunc(g.Tests, func(t grade.Test) bool {
		return (c.Test == "" || c.Test == t.Name) && c.caught(t.Checks)
	})
}

// caught reports whether a detector of the claim failed. Race need not have had
// its turn if the ordinary run failed before it: what races may also crash.
func (c Claim) caught(checks []evidence.Check) bool {
	anyFailed := slices.ContainsFunc(checks, evidence.Check.Failed)
	return anyFailed && slices.ContainsFunc(checks, func(k evidence.Check) bool {
		return slices.Contains(c.Detectors, k.Detector) && (k.Failed() || k.Detector == kata.RaceDetector && k.Verdict == evidence.Skipped) ||
			k.Failed() && c.native(k)
	})
}

// native reports whether the claim is that the test fails without help, and it did: in
// whichever kind of process was first. A data race is another claim.
func (c Claim) native(k evidence.Check) bool {
	runs := []string{kata.TestsDetector, kata.RaceDetector, kata.RepeatDetector}
	return k.Verdict != evidence.Race && slices.Contains(runs, k.Detector) &&
		(slices.Contains(c.Detectors, kata.TestsDetector) || slices.Contains(c.Detectors, kata.RepeatDetector))
}

// failures lists which detectors failed where, or returns "".
func failures(g grade.Exercise) string {
	var words []string
	for _, c := range g.Checks {
		if c.Failed() {
			words = append(words, c.Detector)
		}
	}
	for _, t := range g.Tests {
		for _, c := range t.Checks {
			if c.Failed() {
				words = append(words, c.Detector+" in "+t.Name)
			}
		}
	}
	return strings.Join(words, ", ")
}

// starterProblems holds a grading of the starter against the manifest: no
// points, and each test fails by the detectors declared for it and no others.
func starterProblems(e kata.Exercise, g grade.Exercise) (problems []string) {
	if *g.Points != 0 {
		problems = append(problems, fmt.Sprintf("the starter earned %d points", *g.Points))
		for _, t := range g.Tests {
			if t.Points > 0 {
				problems = append(problems, fmt.Sprintf("%s passes on the starter and is worth points: make it a guard, or have it catch the bug", t.Name))
			}
		}
	}
	for _, c := range g.Checks {
		if c.Failed() {
			problems = append(problems, fmt.Sprintf("the starter fails by %s: %s", c.Detector, c.Finding.Summary))
		}
	}
	if problems != nil {
		return problems
	}
	for i, t := range e.Tests {
		problems = append(problems, testProblems(t, g.Tests[i].Checks)...)
	}
	return problems
}

func testProblems(t kata.Test, checks []evidence.Check) (problems []string) {
	known := slices.Concat(t.CaughtBy, t.Sometimes)
	anyFailed := slices.ContainsFunc(checks, evidence.Check.Failed)
	for _, c := range checks {
		switch declared := slices.Contains(t.CaughtBy, c.Detector); {
		case c.Failed() && !slices.Contains(known, c.Detector):
			problems = append(problems, fmt.Sprintf("%s fails the starter by %s, which the manifest does not declare: %s", t.Name, c.Detector, c.Finding.Summary))
		case declared && c.Verdict == evidence.Skipped && c.Detector != kata.LeakDetector && anyFailed:
			// Another detector, which may fail too, was first. A leak is looked for
			// at the end of every process, so nothing comes before it.
		case declared && !c.Failed():
			problems = append(problems, fmt.Sprintf("%s should fail the starter by %s, and does not", t.Name, c.Detector))
		}
	}
	return problems
}
