package verify

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/kata"
)

func TestParseClaim(t *testing.T) {
	for line, want := range map[string]Claim{
		"// caught by: policy":                               {Detectors: []string{"policy"}},
		"// caught by: race in TestX":                        {Detectors: []string{"race"}, Test: "TestX"},
		"// caught by: tests, race or repeat in TestX\nmore": {Detectors: []string{"tests", "race", "repeat"}, Test: "TestX"},
		"// caught by: leak or tests\r\n":                    {Detectors: []string{"leak", "tests"}},
	} {
		got, err := ParseClaim([]byte(line))
		require.NoError(t, err, line)
		assert.Equal(t, want, got, line)
	}
	for _, line := range []string{"", "package x", "// caught by:", "// caught by: luck", "// caught by: race in", "// Caught by: race", "// caught by: race TestX"} {
		_, err := ParseClaim([]byte(line))
		assert.Error(t, err, line)
	}
}

func graded(points int, tests ...grade.Test) grade.Exercise {
	return grade.Exercise{Points: &points, MaxPoints: 10, Verdict: evidence.Fail, Tests: tests}
}

func test(name, detector string, v evidence.Verdict) grade.Test {
	return grade.Test{Name: name, Verdict: v, Checks: []evidence.Check{{Detector: detector, Verdict: v, Finding: &evidence.Finding{Summary: "seen"}}}}
}

func TestWrongFix(t *testing.T) {
	c := Claim{Detectors: []string{"race"}, Test: "TestA"}
	assert.Empty(t, c.problems(graded(5, test("TestA", "race", evidence.Race))))
	assert.Empty(t, c.problems(graded(5, test("TestA", "race", evidence.Fail))), "a race-built run that fails is the race check's")
	crashed := test("TestA", "tests", evidence.Panic)
	crashed.Checks = append(crashed.Checks, evidence.Check{Detector: "race", Verdict: evidence.Skipped})
	assert.Empty(t, c.problems(graded(5, crashed)), "what races may crash first, and then is not looked at for races")
	assert.Len(t, c.problems(graded(5, test("TestA", "race", evidence.Skipped))), 1, "nothing failed")
	leak := Claim{Detectors: []string{"leak"}, Test: "TestA"}
	crashed.Checks = append(crashed.Checks, evidence.Check{Detector: "leak", Verdict: evidence.Skipped})
	assert.Len(t, leak.problems(graded(5, crashed)), 1, "a process that crashes has not been seen to leak")
	assert.Len(t, c.problems(graded(10, test("TestA", "race", evidence.Race))), 1, "full marks")
	assert.Len(t, c.problems(graded(5, test("TestB", "race", evidence.Race))), 1, "another test")
	assert.Len(t, c.problems(graded(5, test("TestA", "tests", evidence.Fail))), 1, "another detector")
	assert.Len(t, c.problems(graded(10, test("TestA", "race", evidence.Pass))), 2)
}

// Which kind of process fails a test first is luck; whether it is a data race is not.
func TestWrongFixFailsInAnyProcess(t *testing.T) {
	c := Claim{Detectors: []string{"tests"}, Test: "TestA"}
	assert.Empty(t, c.problems(graded(5, test("TestA", "race", evidence.Fail))))
	assert.Empty(t, c.problems(graded(5, test("TestA", "repeat", evidence.Deadlock))))
	assert.Len(t, c.problems(graded(5, test("TestA", "race", evidence.Race))), 1)
	assert.Len(t, c.problems(graded(5, test("TestA", "leak", evidence.Leak))), 1)
	assert.Len(t, c.problems(graded(5, test("TestA", "explore", evidence.Fail))), 1)
	race := Claim{Detectors: []string{"race"}, Test: "TestA"}
	assert.Len(t, race.problems(graded(5, test("TestA", "repeat", evidence.Fail))), 1)
}

func TestStarter(t *testing.T) {
	e := kata.Exercise{Tests: []kata.Test{{Name: "TestA", Points: 10, CaughtBy: []string{"race"}, Sometimes: []string{"tests"}}}}
	check := func(g grade.Exercise) []string { return starterProblems(e, g) }
	assert.Empty(t, check(graded(0, test("TestA", "race", evidence.Race))))
	assert.NotEmpty(t, check(graded(10, test("TestA", "race", evidence.Race))), "points")
	assert.NotEmpty(t, check(graded(0, test("TestA", "race", evidence.Pass))), "not caught")
	assert.NotEmpty(t, check(graded(0, test("TestA", "leak", evidence.Leak))), "caught by another")

	first := grade.Test{Name: "TestA", Checks: []evidence.Check{
		{Detector: "tests", Verdict: evidence.Panic, Finding: &evidence.Finding{}},
		{Detector: "race", Verdict: evidence.Skipped},
	}}
	assert.Empty(t, check(graded(0, first)), "what may fail as well was first")

	e.Tests[0].CaughtBy = []string{"leak"}
	first.Checks[1].Detector = "leak"
	assert.NotEmpty(t, check(graded(0, first)), "a leak has to be seen")
}

// A right fix that is refused before its tests run is told by what, and in which of its lines.
func TestRightFixThatIsRefused(t *testing.T) {
	v := Variant{Exercise: kata.Exercise{Files: []string{"a.go"}}, Kind: Right, Dir: "solutions/01-x/01-a/testdata/right/other"}
	found := func(file, summary string) *evidence.Finding {
		return &evidence.Finding{Summary: summary, Places: []evidence.Place{{File: "exercises/01-x/01-a/" + file, Line: 7}}}
	}
	g := graded(0)
	g.Verdict = evidence.Policy
	g.Checks = []evidence.Check{
		{Detector: "policy", Verdict: evidence.Policy, Finding: found("a.go", "it imports os")},
		{Detector: "build", Verdict: evidence.Build, Finding: found("a_test.go", "it does not compile: undefined: a.Sum")},
		{Detector: "vet", Verdict: evidence.Vet, Finding: &evidence.Finding{Summary: "go vet: it copies a lock"}},
		{Detector: "build", Verdict: evidence.Skipped},
	}
	assert.Equal(t, []string{
		"a right fix lost points: 0 of 10, verdict policy",
		"policy: it imports os (solutions/01-x/01-a/testdata/right/other/a.go:7)",
		"build: it does not compile: undefined: a.Sum (exercises/01-x/01-a/a_test.go:7)",
		"vet: go vet: it copies a lock",
	}, v.problems(g))

	g.Checks, g.Tests = nil, []grade.Test{test("TestA", "race", evidence.Race)}
	assert.Equal(t, []string{"a right fix lost points: 0 of 10, verdict policy", "TestA: seen"}, v.problems(g))
}
