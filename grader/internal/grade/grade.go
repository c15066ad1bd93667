// Package grade turns evidence into verdicts and points. It is pure: the same
// evidence gives the same grade, with no Go installed and nothing run.
package grade

import (
	"fmt"
	"slices"
	"strings"

	"heisenkata/grader/internal/counted"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

// Schema names the format of a Report as JSON.
const Schema = "heisenkata/report/v1"

// SelfAssessment is the note of a report whose tests and fixes come from one
// checkout.
const SelfAssessment = "Self-assessment: tests and fixes come from the same checkout. A score that others rely on takes the tests from elsewhere (--kata)."

// Report is a grading of one or more exercises.
type Report struct {
	Schema         string              `json:"schema"`
	Verdict        evidence.Verdict    `json:"verdict"`    // pass, fail or error
	Points         *int                `json:"points"`     // of the exercises that were graded; null if none was
	MaxPoints      int                 `json:"max_points"` // of the same
	Ungraded       int                 `json:"ungraded"`   // exercises that the grader could not grade: they count in neither
	SelfAssessment bool                `json:"self_assessment"`
	Effort         string              `json:"effort"`
	Go             string              `json:"go"`       // the version that compiled the fixes
	Platform       string              `json:"platform"` // "linux/amd64"
	Processors     int                 `json:"processors"`
	Seconds        float64             `json:"seconds"` // wall time of the grading
	Protection     evidence.Protection `json:"protection"`
	Notes          []string            `json:"notes"` // what a reader must know to trust the score
	Exercises      []Exercise          `json:"exercises"`
}

// Exercise is the grade of one exercise.
type Exercise struct {
	ID        string           `json:"id"`
	Title     string           `json:"title"`
	Chapter   string           `json:"chapter"`
	Dir       string           `json:"dir"`              // relative to the root, with slashes
	Learnt    string           `json:"learnt,omitempty"` // a sentence about this kind of bug
	Verdict   evidence.Verdict `json:"verdict"`
	Points    *int             `json:"points"` // null if it could not be graded
	Earned    int              `json:"earned"` // by the tests alone: more than Points if the fix was refused, or forfeits
	MaxPoints int              `json:"max_points"`
	Forfeited string           `json:"forfeited,omitempty"` // why earned points do not count
	Error     string           `json:"error,omitempty"`     // what the grader could not do
	Unchanged bool             `json:"unchanged,omitempty"` // the grade is an earlier one: nothing that it depends on has changed since
	Checks    []evidence.Check `json:"checks"`              // of the whole fix: policy, build, vet
	Tests     []Test           `json:"tests"`
}

// Test is the grade of one test.
type Test struct {
	Name      string           `json:"name"`
	Verdict   evidence.Verdict `json:"verdict"`
	Points    int              `json:"points"`
	MaxPoints int              `json:"max_points"`
	Guard     bool             `json:"guard"`
	Checks    []evidence.Check `json:"checks"`
}

// Score grades one exercise. A test earns its points only if every detector passes
// it, and the race detector looked at it on several processors. What the tests
// earn counts only if nothing counts against the fix as a whole, and every guard
// passes.
func Score(e kata.Exercise, whole []evidence.Check, tests map[string][]evidence.Check) Exercise {
	g := blank(e)
	g.Checks = whole
	for _, t := range e.Tests {
		scored := scoreTest(t, tests[t.Name])
		g.Tests = append(g.Tests, scored)
		g.Earned += scored.Points
	}
	points := g.Earned
	broken := g.BrokenGuards()
	if points > 0 && broken != nil {
		g.Forfeited = fmt.Sprintf("%d of %s earned, but the starter passes %s and this fix does not", points, counted.Of(g.MaxPoints, "point"), strings.Join(broken, ", "))
	}
	if broken != nil || g.Refused() {
		points = 0
	}
	g.Points = &points
	g.Verdict = exerciseVerdict(g)
	return g
}

// Refused reports whether the fix as a whole was not accepted, so that no test can
// earn anything: policy, build and vet all have to pass.
func (g Exercise) Refused() bool { return worst(g.Checks) != evidence.Pass }

// Ran reports whether any test was run.
func (g Exercise) Ran() bool {
	return slices.ContainsFunc(g.Tests, func(t Test) bool { return t.Verdict != evidence.Skipped })
}

// BrokenGuards names the guards that do not pass.
func (g Exercise) BrokenGuards() (names []string) {
	for _, t := range g.Tests {
		if t.Guard && t.Verdict != evidence.Pass {
			names = append(names, t.Name)
		}
	}
	return names
}

// Failed is the grade of an exercise that the grader could not grade: an error,
// and no points either way.
func Failed(e kata.Exercise, err error) Exercise {
	g := blank(e)
	g.Verdict, g.Error = evidence.Error, err.Error()
	return g
}

func blank(e kata.Exercise) Exercise {
	return Exercise{
		ID: e.ID, Title: e.Title, Chapter: e.Chapter, Dir: e.Dir, Learnt: e.Learnt, MaxPoints: e.MaxPoints(),
		Checks: []evidence.Check{}, Tests: []Test{},
	}
}

func scoreTest(t kata.Test, checks []evidence.Check) Test {
	s := Test{Name: t.Name, MaxPoints: t.Points, Guard: t.Guard, Checks: checks, Verdict: worst(checks)}
	if s.Verdict == evidence.Pass && !awards(checks) {
		s.Verdict = evidence.Skipped
	}
	if s.Verdict == evidence.Pass {
		s.Points = t.Points
	}
	return s
}

// awards reports whether checks can award points at all. Whatever passes without
// the race detector, or on one processor, may only take points away.
func awards(checks []evidence.Check) bool {
	return slices.ContainsFunc(checks, func(c evidence.Check) bool {
		return c.Detector == kata.RaceDetector && c.Verdict == evidence.Pass && c.Wide > 0
	})
}

// telling is the order in which verdicts say most about what to fix: a race
// that was seen explains a wrong result, not the other way round.
var telling = []evidence.Verdict{
	evidence.Error, evidence.Policy, evidence.Build, evidence.Vet, evidence.Integrity, evidence.Race, evidence.Deadlock,
	evidence.Leak, evidence.Panic, evidence.Memory, evidence.Timeout, evidence.Fail, evidence.Skipped,
}

// worst is the most telling verdict of checks; without any, nothing was proved.
func worst(checks []evidence.Check) evidence.Verdict {
	for _, v := range telling {
		if slices.ContainsFunc(checks, func(c evidence.Check) bool { return c.Verdict == v }) {
			return v
		}
	}
	if len(checks) == 0 {
		return evidence.Skipped
	}
	return evidence.Pass
}

func exerciseVerdict(g Exercise) evidence.Verdict {
	if v := worst(g.Checks); v != evidence.Pass {
		return v
	}
	verdicts := make([]evidence.Check, len(g.Tests))
	for i, t := range g.Tests {
		verdicts[i].Verdict = t.Verdict
	}
	return worst(verdicts)
}

// Sum completes a report from its exercises. One that could not be graded costs the
// others nothing: it counts neither in the points nor in what could be earned.
func Sum(r Report) Report {
	r.Schema, r.Verdict, r.Points, r.MaxPoints, r.Ungraded = Schema, evidence.Pass, new(int), 0, 0
	for _, e := range r.Exercises {
		switch {
		case e.Points == nil:
			r.Verdict = evidence.Error
			r.Ungraded++
			continue
		case e.Verdict != evidence.Pass && r.Verdict == evidence.Pass:
			r.Verdict = evidence.Fail
		}
		*r.Points += *e.Points
		r.MaxPoints += e.MaxPoints
	}
	if r.Ungraded > 0 && r.Ungraded == len(r.Exercises) {
		r.Points = nil
	}
	return r
}
