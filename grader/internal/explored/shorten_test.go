package explored

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/stretchr/testify/assert"
)

func drawable() []Test {
	return []Test{raceTest(), wrongTest(), deadlockTest(), leakTest(), panicTest(), waitingTest(), manyTest(4), manyTest(6), longTest(), hostileTest()}
}

// A picture that has room is whole, and so is the text of it; a report shows the
// same one.
func TestPicturesWithRoomAreWhole(t *testing.T) {
	for _, test := range drawable() {
		text := terminal(t, only(test), Options{Width: 80})
		for _, line := range Draw(test, Canvas{Columns: 78}) {
			if !strings.ContainsAny(line, "│━") {
				continue // the caption, which is broken otherwise
			}
			assert.Contains(t, text, line, test.Name)
		}
		whole, roomy := Picture(test, 78), strings.Join(Draw(test, Canvas{Columns: 78, Lines: 1000}), "\n")
		assert.Equal(t, strings.Count(whole, "│"), strings.Count(roomy, "│"), test.Name)
	}
	assert.Nil(t, Draw(passTest("TestPass", 3, nil), Canvas{Columns: 80, Lines: 10}))
}

var countsSteps = regexp.MustCompile(`^ *… \d+ steps? …$`)

// However little room there is, a picture keeps what it is about: the critical switch,
// both sides of the race, the waiting goroutines, the end. Steps that are left out are
// counted, and no step is counted on two lines.
func TestShortPicturesKeepWhatTheyAreAbout(t *testing.T) {
	for _, test := range drawable() {
		for _, columns := range []int{78, 150} {
			whole := Draw(test, Canvas{Columns: columns, Lines: 1000})
			for lines := 1; lines <= len(whole)+1; lines += 3 {
				what := fmt.Sprint(test.Name, " in ", lines, " lines of ", columns)
				short := Draw(test, Canvas{Columns: columns, Lines: lines})
				assert.LessOrEqual(t, len(short), len(whole), what)
				if lines >= 18 && len(test.Waiting) == 0 && !strings.Contains(test.Name, "Hostile") {
					assert.LessOrEqual(t, len(short), lines, what)
				}
				for i, line := range short {
					assert.LessOrEqual(t, lipgloss.Width(line), columns, what)
					assert.False(t, i > 0 && countsSteps.MatchString(line) && countsSteps.MatchString(short[i-1]), what)
				}
				for _, line := range whole {
					if strings.HasPrefix(line, "━━ ") || strings.Contains(line, "◆") {
						assert.Contains(t, strings.Join(short, "\n"), strings.Trim(line, "━ │"), what)
					}
				}
				for _, w := range endingOf(test, true).waiting {
					assert.Contains(t, strings.Join(short, "\n"), Name(w.Goroutine), what)
				}
			}
		}
	}
}

// However little room there is, a picture of a panic shows what the goroutine that
// panics did last.
func TestWherePanicsStays(t *testing.T) {
	for lines := 1; lines < 20; lines++ {
		short := strings.Join(Draw(panicTest(), Canvas{Columns: 78, Lines: lines}), "\n")
		assert.Regexp(t, `33 │ close\(p\.done\)`, short, "in %d lines", lines)
	}
}

// Where there is little room, code that supports the tests of exercises goes before the
// code under test does, as tests do, and the caption names only files with rows.
func TestSupportGoesFirst(t *testing.T) {
	test := wrongTest()
	for i := range 4 {
		s := did(0, "lock", "d.mu", 30+i, "d.mu.Lock()")
		s.File = "exercises/internal/oracle/released.go"
		test.Trace = append(test.Trace, s)
	}
	whole := Draw(test, Canvas{Columns: 100, Lines: 1000})
	assert.Contains(t, strings.Join(whole, "\n"), "released.go")
	short := strings.Join(Draw(test, Canvas{Columns: 100, Lines: len(whole) - 5}), "\n")
	assert.NotContains(t, short, "released.go")
	assert.Equal(t, 3, strings.Count(short, "c.n++"), short)
}

// If the picture of a lost update is too long, the three steps that lose it stay, and
// which goroutine waits for which is left out.
func TestWhatLosesTheUpdateStays(t *testing.T) {
	whole := Draw(wrongTest(), Canvas{Columns: 100, Lines: 1000})
	short := strings.Join(Draw(wrongTest(), Canvas{Columns: 100, Lines: len(whole) - 2}), "\n")
	assert.Regexp(t, `… \d steps …`, short)
	assert.Equal(t, 3, strings.Count(short, "c.n++"), short)
	assert.NotContains(t, short, "assert.Equal", short)
	assert.NotContains(t, short, "an increment is lost", "which is said above such a picture")
}

// Where there is no room for what the bug is about, what is not shown is not said to be marked.
func TestTightPicturesSpeakOfWhatTheyShow(t *testing.T) {
	for lines := 1; lines < 20; lines++ {
		short := strings.Join(Draw(raceTest(), Canvas{Columns: 78, Lines: lines, Tight: true}), "\n")
		above, title, _ := strings.Cut(short, "━━ ✗ race")
		marks := strings.Count(above, "◆ ")
		assert.Equal(t, marks == 2, strings.Contains(title, "lines marked ◆"), short)
	}
}

// What a preempted goroutine does when it goes on is what goes wrong: it stays, rather than what
// the test does once all is over.
func TestTheWindowStays(t *testing.T) {
	step := func(goroutine, line int, source string) Step {
		return Step{Goroutine: goroutine, Operation: "lock", Object: "c.mu", File: "c.go", Line: line, Source: source}
	}
	trace := []Step{step(1, 45, "look()"), step(1, 46, "looked()")}
	for i := range 4 {
		trace = append(trace, step(2, 60+i, fmt.Sprintf("meanwhile(%d)", i)))
	}
	trace[2].Switch = true
	trace = append(trace, step(1, 48, "act()"), step(1, 49, "acted()"))
	for i := range 20 {
		trace = append(trace, step(0, 80+i, fmt.Sprintf("check(%d)", i)))
	}
	test := Test{Name: "TestWindow", Verdict: Wrong, Summary: "the test fails: it is gone", Trace: trace}
	for _, lines := range []int{16, 20, 1000} {
		text := strings.Join(Draw(test, Canvas{Columns: 100, Lines: lines}), "\n")
		assert.Contains(t, text, "act()", "%d lines", lines)
		assert.Contains(t, text, "acted()", "%d lines", lines)
		assert.NotContains(t, text, "check(2)", "%d lines", lines)
	}
}
