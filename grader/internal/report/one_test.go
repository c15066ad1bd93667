package report

import (
	"fmt"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/kata"
)

// lost is an exploration of a lost update: so many goroutines, each of which takes
// so many steps.
func lost(goroutines, steps int) *explored.Test {
	t := &explored.Test{Name: "TestScheduleA", Verdict: explored.Wrong, Schedules: 17, Schedule: "TestScheduleA@1~ab", Summary: "the test fails: 2 requests were served, Total says 1"}
	for n := range steps {
		for g := range goroutines {
			t.Trace = append(t.Trace, explored.Step{Goroutine: g + 1, Operation: "lock", Object: "c.mu", File: "exercises/01-a/01-a/a.go", Line: 10 + n, Source: "c.mu.Lock() // and a long remark", Switch: g > 0})
		}
	}
	return t
}

func exploring(x *explored.Test, v evidence.Verdict) []evidence.Check {
	f := &evidence.Finding{
		Verdict: v, Summary: x.Summary, Meaning: "Your code allows an interleaving that breaks the contract.", Explored: x,
		Places: []evidence.Place{{File: "exercises/01-a/01-a/a.go", Line: 10, Code: "c.mu.Lock()", Role: "g1 was preempted here"}},
		Replay: "go run ./grader replay a '" + x.Schedule + "'",
	}
	return []evidence.Check{{Detector: "explore", Verdict: v, Runs: 17, Failures: 1, Finding: f}}
}

var three = kata.Exercise{
	ID: "a", Chapter: "01-a", Dir: "exercises/01-a/01-a", Learnt: "Two steps are not one.",
	Tests: []kata.Test{{Name: "TestGuard", Guard: true}, {Name: "TestA", Points: 4}, {Name: "TestScheduleA", Points: 6}},
}

func scored(whole []evidence.Check, guard, a, schedule []evidence.Check) grade.Report {
	return one(grade.Score(three, whole, map[string][]evidence.Check{"TestGuard": guard, "TestA": a, "TestScheduleA": schedule}))
}

func accepted() []evidence.Check {
	return []evidence.Check{pass("policy", 1), pass("build", 1), pass("vet", 1)}
}

func failed(detector string, v evidence.Verdict, summary, advice string) []evidence.Check {
	return []evidence.Check{{Detector: detector, Verdict: v, Runs: 1, Failures: 1, Finding: &evidence.Finding{
		Verdict: v, Summary: summary, Meaning: "It means that.", Advice: advice,
		Places: []evidence.Place{{File: "exercises/01-a/01-a/a.go", Line: 3, Code: "x++", Role: "here"}},
	}}}
}

// The story, the line, what it means, the picture, the command, the rest, and
// what is next, in this order.
func TestOneFailureIsToldInOrder(t *testing.T) {
	text := shownAt(t, scored(accepted(), fixed(), failed("tests", evidence.Fail, "the other", ""), exploring(lost(2, 3), evidence.Fail)), Options{})
	at := -1
	for _, want := range []string{
		"✗ a  0/10  TestScheduleA fails under schedule 17\n", "  2 requests were served, Total says 1\n", "  a.go:10  c.mu.Lock()", "  Your code allows",
		"  ━━ ◀ here g2 takes over", "  ━━ ✗ wrong result", "  again: go run ./grader replay a 'TestScheduleA@1~ab'\n", "1 more test fails; --all shows it.\n", "next: go run ./grader hint a\n",
	} {
		i := strings.Index(text, want)
		assert.Greater(t, i, at, "%s\nin\n%s", want, text)
		at = i
	}
	assert.NotContains(t, text, "the other")
	assert.NotContains(t, text, "race", "no detector is named that has nothing to say")
}

// However much there is, it is one screen, and what a picture is about is on it.
func TestAScreenIsNeverFull(t *testing.T) {
	for _, goroutines := range []int{2, 3, 6} {
		for _, steps := range []int{1, 4, 30} {
			for _, lines := range []int{24, 30, 60} {
				for _, columns := range []int{60, 80, 200} {
					x := lost(goroutines, steps)
					x.Summary = strings.Repeat("many words ", 60)
					r := scored(accepted(), exploring(x, evidence.Fail), fixed(), exploring(x, evidence.Fail)) // a guard too
					text := shownAt(t, r, Options{Width: columns, Height: lines})
					what := fmt.Sprint(goroutines, " goroutines, ", steps, " steps, ", columns, " x ", lines, "\n", text)
					rows := 0
					for line := range strings.Lines(text) {
						rows += max(1, (lipgloss.Width(strings.TrimRight(line, "\n"))+columns-1)/columns)
					}
					assert.Less(t, rows, lines, what)
					assertFits(t, text, columns)
					assert.Contains(t, text, "hint a", what)
					if columns >= 80 {
						assert.Contains(t, text, "━━ ✗ wrong result", what)
					}
				}
			}
		}
	}
}

// A wider screen shows more of the same picture.
func TestThePictureIsAsWideAsTheScreen(t *testing.T) {
	r := scored(accepted(), fixed(), fixed(), exploring(lost(3, 2), evidence.Fail))
	assert.NotContains(t, shownAt(t, r, Options{}), "c.mu.Lock() // and a long remark │")
	assert.Contains(t, shownAt(t, r, Options{Width: 200}), "c.mu.Lock() // and a long remark │")
	assert.Contains(t, render(t, "terminal", r), "\x1b[", "it has colours, which the writer takes out where they do not belong")
}

// A report that was saved before findings kept their explorations has the
// picture as text.
func TestSavedPicturesAreShown(t *testing.T) {
	checks := exploring(lost(2, 2), evidence.Fail)
	checks[0].Finding.Explored, checks[0].Finding.Picture = nil, "  the picture\n  as it was"
	r := scored(accepted(), fixed(), fixed(), checks)
	assert.Contains(t, shownAt(t, r, Options{}), "    as it was\n")
	assert.Contains(t, render(t, "markdown", r), "  as it was\n")
	assert.Contains(t, render(t, "junit", r), "as it was")
}

// What is next depends on what is wrong: a syntax error needs no hint.
func TestNextIsAboutTheFailure(t *testing.T) {
	skipped := []evidence.Check{{Detector: "tests", Verdict: evidence.Skipped, Note: "skipped because it was refused"}}
	for next, r := range map[string]grade.Report{
		"next: fix the error above and run it again.": scored(failed("build", evidence.Build, "it does not compile: x", ""), skipped, skipped, skipped),
		"next: take it out. Then run it again.":       scored(failed("policy", evidence.Policy, "a fix may not use println", "Take it out."), skipped, skipped, skipped),
		"next: grader hint a":                         scored(accepted(), fixed(), failed("race", evidence.Race, "data race", ""), fixed()),
		"next: b; read exercises/b/README.md":         scored(accepted(), fixed(), fixed(), fixed()),
	} {
		text := shownAt(t, r, Options{Grader: "grader", Next: kata.Exercise{ID: "b", Dir: "exercises/b"}})
		assert.Contains(t, text, next+"\n")
		assert.Equal(t, strings.Contains(next, "hint"), strings.Contains(text, "hint"), text)
	}
}

func TestCommandsAreAsTheGraderWasCalled(t *testing.T) {
	r := scored(accepted(), fixed(), fixed(), exploring(lost(2, 2), evidence.Fail))
	text := shownAt(t, r, Options{Grader: "grader"})
	assert.Contains(t, text, "again: grader replay a 'TestScheduleA@1~ab'")
	assert.NotContains(t, text, "go run")
	assert.Contains(t, shownAt(t, scored(accepted(), fixed(), fixed(), fixed()), Options{Grader: "grader"}), "real bug behind it: grader solution a\n")
}

func TestAPassTeaches(t *testing.T) {
	text := shownAt(t, scored(accepted(), fixed(), fixed(), fixed()), Options{})
	assert.Contains(t, text, "✓ a  10/10  pass\n\n  Two steps are not one.\n")
	assert.Contains(t, text, "the model fix, and the real bug behind it: go run ./grader solution a\n")
	assert.Contains(t, text, "next: go run ./grader grade --effort thorough\n", "when all are done")
	assert.Contains(t, render(t, "markdown", scored(accepted(), fixed(), fixed(), fixed())), "Two steps are not one.")
}

func TestAForfeitIsExplained(t *testing.T) {
	text := shownAt(t, scored(accepted(), failed("tests", evidence.Fail, "the report is wrong", ""), fixed(), fixed()), Options{})
	assert.Contains(t, text, "✗ a  0/10  10 of 10 earned, forfeited: TestGuard (a guard) broke\n")
	assert.Contains(t, text, "A guard is a test the starter passes.")
	assert.Contains(t, text, "  TestGuard fails\n")
}

// What a refused fix would earn is said, and what its tests show.
func TestARefusedFixShowsItsTests(t *testing.T) {
	refusal := failed("policy", evidence.Policy, "a fix may not use println (rule print)", "Take it out.")
	text := shownAt(t, scored(refusal, fixed(), fixed(), exploring(lost(2, 2), evidence.Fail)), Options{})
	assert.Contains(t, text, "✗ a  0/10  refused by the policy; without that it would earn 4 of 10\n")
	assert.Contains(t, text, "  a.go:3  a fix may not use println (rule print)\n")
	assert.Contains(t, text, "  2 requests were served, Total says 1\n")
	assert.Contains(t, text, "  ━━ ✗ wrong result")
	assert.Contains(t, text, "next: take it out.")
	markdown := render(t, "markdown", scored(refusal, fixed(), fixed(), fixed()))
	assert.Contains(t, markdown, "No points; without that it would earn 10 of 10.")
}

// No verdict reads like a detector, and none like another verdict.
func TestOutcomesAreInPlainWords(t *testing.T) {
	race, fail := failed("race", evidence.Race, "", "")[0], failed("tests", evidence.Fail, "", "")[0]
	inRaceBuild, repeated, leak := failed("race", evidence.Fail, "", "")[0], failed("repeat", evidence.Deadlock, "", "")[0], failed("leak", evidence.Leak, "", "")[0]
	for want, checks := range map[string][]evidence.Check{
		"fails":                               {fail, pass("race", 3)},
		"fails, and races":                    {fail, race},
		"fails, races, and leaks a goroutine": {fail, race, leak},
		"fails in a race build":               {pass("tests", 1), inRaceBuild},
		"races":                               {race},
		"deadlocks when repeated":             {repeated},
		"fails under schedule 17":             exploring(lost(2, 2), evidence.Fail),
	} {
		assert.Equal(t, want, outcome(grade.Test{Checks: checks}))
	}
	assert.Equal(t, "was not looked at", outcome(grade.Test{Verdict: evidence.Skipped}))
	guard := grade.Test{Verdict: evidence.Skipped, Checks: []evidence.Check{pass("race", 4), {Detector: "tests", Verdict: evidence.Skipped}}}
	assert.Equal(t, "passes in a race build", outcome(guard), "a guard of a fix that earns nothing")
	seen := map[string]bool{}
	for v, words := range verdictWords {
		assert.False(t, seen[words.noun], v)
		seen[words.noun] = true
	}
}

// With --all testify's own lines are shown as it prints them, once.
func TestAllShowsWhatTestifyPrinted(t *testing.T) {
	wrong := failed("tests", evidence.Fail, "Total says 1", "")
	wrong[0].Finding.Output = "Error:      \tNot equal: \n            \texpected: 2\n            \tactual  : 1\n"
	text := shownAt(t, scored(accepted(), fixed(), wrong, fixed()), Options{All: true})
	assert.Contains(t, text, "    │ Error:          Not equal:\n    │                 expected: 2\n    │                 actual  : 1\n")
	assert.Equal(t, 1, strings.Count(text, "expected: 2"))
	assert.NotContains(t, shownAt(t, scored(accepted(), fixed(), wrong, fixed()), Options{}), "expected: 2")
}
