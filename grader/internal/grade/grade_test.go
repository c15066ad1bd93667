package grade

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

var exercise = kata.Exercise{ID: "x", Level: 1, Tests: []kata.Test{
	{Name: "TestGuard", Guard: true},
	{Name: "TestA", Points: 4},
	{Name: "TestB", Points: 6},
}}

func checks(verdicts ...evidence.Verdict) (all []evidence.Check) {
	for i, v := range verdicts {
		c := evidence.Check{Detector: kata.TestDetectors[i], Verdict: v, Runs: 10}
		if c.Detector == "race" {
			c.Wide = 9
		}
		if c.Failed() {
			c.Failures, c.Finding = 1, &evidence.Finding{Verdict: v, Summary: string(v)}
		}
		all = append(all, c)
	}
	return all
}

var (
	ok    = checks(evidence.Pass, evidence.Pass, evidence.Pass, evidence.Pass)
	whole = []evidence.Check{{Detector: "policy", Verdict: evidence.Pass}}
)

func TestScore(t *testing.T) {
	for _, c := range []struct {
		name        string
		whole       []evidence.Check
		guard, a, b []evidence.Check
		points      int
		verdict     evidence.Verdict
	}{
		{"all pass", whole, ok, ok, ok, 10, evidence.Pass},
		{"a race costs the whole test", whole, ok, checks(evidence.Pass, evidence.Race, evidence.Pass, evidence.Skipped), ok, 6, evidence.Race},
		{"a race tells more than a wrong result", whole, ok, checks(evidence.Fail, evidence.Race), ok, 6, evidence.Race},
		{"what was skipped was not proved", whole, ok, ok, checks(evidence.Pass, evidence.Skipped, evidence.Pass, evidence.Pass), 4, evidence.Skipped},
		{"what was never looked at was not proved", whole, ok, ok, nil, 4, evidence.Skipped},
		{"a broken guard forfeits everything", whole, checks(evidence.Fail), ok, ok, 0, evidence.Fail},
		{"a refused fix", []evidence.Check{{Detector: "policy", Verdict: evidence.Policy}}, checks(evidence.Skipped), checks(evidence.Skipped), checks(evidence.Skipped), 0, evidence.Policy},
	} {
		g := Score(exercise, c.whole, map[string][]evidence.Check{"TestGuard": c.guard, "TestA": c.a, "TestB": c.b})
		require.NotNil(t, g.Points, c.name)
		assert.Equal(t, c.points, *g.Points, c.name)
		assert.Equal(t, c.verdict, g.Verdict, c.name)
		assert.Equal(t, 10, g.MaxPoints, c.name)
	}
}

// Plain runs take points away and never give any, and neither do race runs on one
// processor only.
func TestOnlyRacesOnSeveralProcessorsAward(t *testing.T) {
	narrow := checks(evidence.Pass, evidence.Pass, evidence.Pass, evidence.Pass)
	narrow[1].Wide = 0
	plain := []evidence.Check{narrow[0], narrow[2], narrow[3]}
	for name, a := range map[string][]evidence.Check{"one processor": narrow, "no race build": plain} {
		g := Score(exercise, whole, map[string][]evidence.Check{"TestGuard": ok, "TestA": a, "TestB": ok})
		assert.Equal(t, 6, *g.Points, name)
		assert.Equal(t, evidence.Skipped, g.Tests[1].Verdict, name)
		g = Score(exercise, whole, map[string][]evidence.Check{"TestGuard": a, "TestA": ok, "TestB": ok})
		assert.Equal(t, 0, *g.Points, "a guard that was not really looked at: "+name)
	}
}

func TestForfeitIsExplained(t *testing.T) {
	g := Score(exercise, whole, map[string][]evidence.Check{"TestGuard": checks(evidence.Fail), "TestA": ok, "TestB": ok})
	assert.Contains(t, g.Forfeited, "10 of 10 points")
	assert.Contains(t, g.Forfeited, "TestGuard")
	assert.Equal(t, 10, g.Earned)
	assert.Equal(t, []string{"TestGuard"}, g.BrokenGuards())
}

// What the tests of a refused fix show is worth knowing, and worth no points:
// policy, build and vet all have to pass, whatever else is in the evidence.
func TestARefusedFixEarnsNothing(t *testing.T) {
	passing := map[string][]evidence.Check{"TestGuard": ok, "TestA": ok, "TestB": ok}
	all := append([]evidence.Verdict{evidence.Pass}, telling...)
	for _, policy := range all {
		for _, build := range all {
			for _, vet := range all {
				g := Score(exercise, []evidence.Check{{Detector: "policy", Verdict: policy}, {Detector: "build", Verdict: build}, {Detector: "vet", Verdict: vet}}, passing)
				accepted := policy == evidence.Pass && build == evidence.Pass && vet == evidence.Pass
				assert.Equal(t, accepted, *g.Points > 0, "%s %s %s", policy, build, vet)
				assert.Equal(t, accepted, g.Verdict == evidence.Pass, "%s %s %s", policy, build, vet)
				assert.Equal(t, 10, g.Earned, "what it would earn is told")
			}
		}
	}
}

// A grader error is an error, and never a zero.
func TestErrorIsNoZero(t *testing.T) {
	broken := Failed(exercise, errors.New("no disk"))
	assert.Nil(t, broken.Points)
	assert.Equal(t, evidence.Error, broken.Verdict)

	full := Score(exercise, whole, map[string][]evidence.Check{"TestGuard": ok, "TestA": ok, "TestB": ok})
	r := Sum(Report{Exercises: []Exercise{full, broken}})
	assert.Equal(t, evidence.Error, r.Verdict)
	assert.Equal(t, 10, *r.Points, "what was graded stands")
	assert.Equal(t, 10, r.MaxPoints, "and is not measured by what was not")
	assert.Equal(t, 1, r.Ungraded)

	r = Sum(Report{Exercises: []Exercise{broken}})
	assert.Nil(t, r.Points, "without any grade there is no score")
	assert.Equal(t, evidence.Error, r.Verdict)
	assert.Zero(t, r.MaxPoints)

	r = Sum(Report{Exercises: []Exercise{full}})
	assert.Equal(t, 10, *r.Points)
	assert.Equal(t, evidence.Pass, r.Verdict)
}

// The bound is where chance leaves 5 %: the rule of three says about 3/n.
func TestBound(t *testing.T) {
	assert.InDelta(t, 1, Bound(0), 1e-9)
	assert.InDelta(t, 0.95, Bound(1), 1e-9)
	assert.InDelta(t, 0.0487, Bound(60), 1e-4)
	assert.InDelta(t, 3.0/1000, Bound(1000), 1e-5)
}

func TestStrengthCountsTheWeakestTest(t *testing.T) {
	weak := []evidence.Check{{Detector: "race", Verdict: evidence.Pass, Runs: 3, Wide: 2}, {Detector: "leak", Verdict: evidence.Pass, Runs: 3}}
	g := Score(exercise, whole, map[string][]evidence.Check{"TestGuard": ok, "TestA": ok, "TestB": weak})
	assert.Contains(t, g.Strength(), "no test failed in 3 runs")
}
