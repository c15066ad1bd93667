package grade

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/explored"
)

func found(detector string, v evidence.Verdict, summary string) evidence.Check {
	return evidence.Check{Detector: detector, Verdict: v, Runs: 1, Failures: 1, Finding: &evidence.Finding{Verdict: v, Summary: summary}}
}

// drawn is what exploring a scenario found, with so many steps to draw.
func drawn(v evidence.Verdict, x explored.Verdict, story string, steps int) evidence.Check {
	c := found("explore", v, string(x))
	c.Finding.Explored = &explored.Test{Verdict: x, Story: story, Trace: make([]explored.Step, steps)}
	return c
}

// generated makes a finding one of a generated program.
func generated(c evidence.Check) evidence.Check {
	c.Finding.Explored.Table = "caller A"
	return c
}

// among makes a finding one of so many goroutines.
func among(goroutines int, c evidence.Check) evidence.Check {
	for i := range c.Finding.Explored.Trace {
		c.Finding.Explored.Trace[i].Goroutine = i % goroutines
	}
	return c
}

func test(name string, checks ...evidence.Check) Test {
	return Test{Name: name, Checks: checks, Verdict: worst(checks)}
}

// inOrder has one failure of each kind, the clearest first, and two of some.
var inOrder = []Test{
	test("TestDeadlockDrawn", drawn(evidence.Deadlock, explored.Deadlock, "", 4)),
	test("TestRaceWithStory", drawn(evidence.Race, explored.Race, "an update is lost", 7)),
	test("TestWrongDrawnLong", drawn(evidence.Fail, explored.Wrong, "", 30)),
	test("TestGenerated", generated(drawn(evidence.Fail, explored.Wrong, "", 5))),
	test("TestOfThree", among(3, drawn(evidence.Fail, explored.Wrong, "", 4))),
	test("TestFailsAndRaces", found("tests", evidence.Fail, "Total says 1"), found("race", evidence.Race, "a.go:1 and a.go:2")),
	test("TestFails", found("tests", evidence.Fail, "Total says 2")),
	test("TestFailsInARaceBuild", found("race", evidence.Fail, "Total says 3")),
	test("TestPanics", found("tests", evidence.Panic, "panic: x")),
	test("TestLeaks", found("leak", evidence.Leak, "a goroutine is left")),
	test("TestRaceDrawn", drawn(evidence.Race, explored.Race, "", 3)),
	test("TestRaces", found("race", evidence.Race, "a.go:3 and a.go:4")),
	test("TestTimesOut", found("tests", evidence.Timeout, "it still runs")),
	test("TestDoesNotReport", found("tests", evidence.Integrity, "exit code 0")),
}

func named(name string) *Test {
	return &inOrder[slices.IndexFunc(inOrder, func(t Test) bool { return t.Name == name })]
}

func names(list []Failure) (names []string) {
	for _, f := range list {
		if f.Test == nil {
			names = append(names, f.Detector)
			continue
		}
		names = append(names, f.Test.Name)
	}
	return names
}

// The clearest failure goes first, wherever it stands in the file.
func TestFailuresAreInOrderOfClarity(t *testing.T) {
	var want []string
	g := Exercise{Tests: []Test{test("TestPasses", evidence.Check{Verdict: evidence.Pass})}}
	for i := range inOrder {
		want = append(want, inOrder[i].Name)
		g.Tests = append(g.Tests, inOrder[(i+6)%len(inOrder)])
	}
	assert.Equal(t, []string{"TestFails", "TestFailsInARaceBuild"}, names(g.Failures())[6:8], "of equals the first in the file")
	assert.Equal(t, []string{"TestTimesOut", "TestDoesNotReport"}, names(g.Failures())[12:], "of equals the first in the file")
	assert.Equal(t, want, names(g.Failures()))

	g.Checks = []evidence.Check{found("policy", evidence.Policy, "a fix may not"), found("vet", evidence.Vet, "go vet:")}
	assert.Equal(t, append([]string{"policy", "vet"}, want...), names(g.Failures()))
	assert.Equal(t, "a fix may not", g.Finding().Summary)
	assert.Nil(t, Exercise{Tests: g.Tests[:1]}.Finding())
}

// Every kind is told apart from the others: each has a failure above.
func TestEachKindOfClarityIsTested(t *testing.T) {
	seen := map[int]bool{0: true}
	for i := range inOrder {
		f, ok := inOrder[i].Failure()
		require.True(t, ok)
		seen[f.rank()] = true
	}
	assert.Len(t, seen, len(clearest))
}

func TestTheAssertionIsTheStoryAndTheRaceIsWhy(t *testing.T) {
	f, ok := named("TestFailsAndRaces").Failure()
	require.True(t, ok)
	assert.Equal(t, "Total says 1", f.Story)
	assert.Equal(t, "a.go:1 and a.go:2", f.Why.Summary)
	assert.Equal(t, "race", f.Detector)

	f, ok = named("TestRaceWithStory").Failure()
	require.True(t, ok)
	assert.Equal(t, "an update is lost", f.Story)

	wrong := test("TestWrong", drawn(evidence.Fail, explored.Wrong, "", 3))
	wrong.Checks[0].Finding.Summary = "the test fails: TestWrong: an update is lost"
	f, _ = wrong.Failure()
	assert.Equal(t, "an update is lost", f.Story, "that a test fails, and which, is said elsewhere")
	wrong.Checks[0].Finding.Explored.Story = "the test fails: TestWrong: two are lost"
	f, _ = wrong.Failure()
	assert.Equal(t, "two are lost", f.Story)

	_, ok = (&Test{Verdict: evidence.Skipped, Checks: checks(evidence.Skipped)}).Failure()
	assert.False(t, ok, "what was not looked at speaks against nothing")
}

// Only a story with a picture comes before a guard that has cost what was earned.
func TestBrokenGuardsComeFirst(t *testing.T) {
	guard, other := test("TestGuard", found("race", evidence.Timeout, "it still runs")), test("TestOther", found("race", evidence.Timeout, "it still runs"))
	guard.Guard = true
	g := Exercise{Tests: []Test{other, *named("TestDeadlockDrawn"), guard}}
	assert.Equal(t, []string{"TestDeadlockDrawn", "TestOther", "TestGuard"}, names(g.Failures()), "nothing was earned that it could forfeit")
	g.Forfeited = "5 of 10 points earned"
	assert.Equal(t, []string{"TestDeadlockDrawn", "TestGuard", "TestOther"}, names(g.Failures()))
	g.Checks = []evidence.Check{found("vet", evidence.Vet, "a lock is copied")}
	assert.Equal(t, []string{"vet", "TestDeadlockDrawn", "TestGuard", "TestOther"}, names(g.Failures()))
}
