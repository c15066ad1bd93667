package watch

import (
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
)

func TestItGradesFromTheStart(t *testing.T) {
	atDesk(t, func(d *desk) {
		assert.Len(t, d.begun(), 1)
		assert.Equal(t, "grading: 0 of 2 tests, 0 s · hit-counter ◆ · best –/10 · 0 of 3 exercises done", d.row(0))
		assert.Contains(t, d.view(), "about hit-counter")
		d.finish(graded(exercises[0], evidence.Race), nil)
		assert.Contains(t, d.row(0), "✗ waiting for you to save")
		assert.Contains(t, d.view(), "2 requests were answered, Total says 1")
		assert.Contains(t, d.view(), "next: h shows a hint")
	})
}

func TestTheFirstFailureIsShownBeforeTheGrade(t *testing.T) {
	atDesk(t, func(d *desk) {
		early := graded(exercises[0], evidence.Deadlock)
		d.last().tell(Progress{Done: 1, Total: 2, Early: &early})
		d.settle()
		assert.Contains(t, d.row(0), "grading: 1 of 2 tests, 0 s · hit-counter ◆ · below: the first failure")
		assert.Contains(t, d.view(), "deadlocks")
		d.finish(graded(exercises[0], evidence.Race), nil)
		assert.NotContains(t, d.view(), "deadlocks")
	})
}

// What is read does not change under the reader until the grade is there.
func TestLaterFailuresDoNotReplaceTheFirst(t *testing.T) {
	atDesk(t, func(d *desk) {
		first, second := graded(exercises[0], evidence.Deadlock), graded(exercises[0], evidence.Leak)
		d.last().tell(Progress{Done: 1, Total: 2, Early: &first})
		d.last().tell(Progress{Done: 2, Total: 2, Early: &second})
		d.settle()
		assert.Contains(t, d.view(), "deadlocks")
		assert.NotContains(t, d.view(), "leaks")
	})
}

func TestASaveStopsTheGradingAndStartsAnother(t *testing.T) {
	atDesk(t, func(d *desk) {
		for range 10 {
			d.save(exercises[0])
		}
		assert.Len(t, d.begun(), 11)
		assert.EqualValues(t, 1, d.running.Load())
		for _, g := range d.begun()[:10] {
			assert.True(t, g.stopped.Load())
		}
		assert.Contains(t, d.view(), "about hit-counter", "no result of a stopped grading is shown")
		d.finish(graded(exercises[0], evidence.Pass), nil)
		assert.Contains(t, d.row(0), "✓ all points")
	})
}

func TestAGradingBeginsWhenTheLastHasEnded(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.linger = time.Minute
		d.save(exercises[0])
		d.save(exercises[0])
		assert.Len(t, d.begun(), 1, "it takes a while to stop")
		time.Sleep(time.Minute)
		d.settle()
		assert.Len(t, d.begun(), 2, "one for both saves")
		assert.EqualValues(t, 1, d.running.Load())
	})
}

// The last result stays until there is another, and says that it is not of this code.
func TestTheLastResultStaysWhileGrading(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.finish(graded(exercises[0], evidence.Race), nil)
		d.save(exercises[0])
		assert.Contains(t, d.row(0), "below: your code before this save")
		assert.Contains(t, d.view(), "2 requests were answered")
		d.finish(graded(exercises[0], evidence.Pass), nil)
		assert.NotContains(t, d.view(), "2 requests were answered")
	})
}

// Messages of a grading that was stopped may still be on their way.
func TestLateMessagesAreIgnored(t *testing.T) {
	atDesk(t, func(d *desk) {
		stale := d.last()
		d.save(exercises[0])
		early := graded(exercises[0], evidence.Deadlock)
		stale.tell(Progress{Done: 2, Total: 2, Early: &early})
		d.send(gradedMsg{run: 1, report: early})
		d.send(changedMsg{visit: 0})
		d.send(openedMsg{visit: 0})
		assert.Contains(t, d.row(0), "grading: 0 of 2 tests")
		assert.NotContains(t, d.view(), "deadlocks")
		assert.Len(t, d.begun(), 2)
	})
}

func TestSecondsPass(t *testing.T) {
	atDesk(t, func(d *desk) {
		for range 3 {
			time.Sleep(time.Second)
			d.settle()
		}
		assert.Contains(t, d.row(0), "grading: 0 of 2 tests, 3 s")
		d.save(exercises[0])
		assert.Contains(t, d.row(0), "grading: 0 of 2 tests, 0 s")
		time.Sleep(time.Second)
		d.settle()
		assert.Contains(t, d.row(0), "grading: 0 of 2 tests, 1 s", "each second is counted once")
	})
}

func TestWhatTakesTimeBeforeTheTestsIsShown(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.last().tell(Progress{Doing: "compiling", Total: 2})
		d.settle()
		assert.Contains(t, d.row(0), "compiling, 0 s · ")
		d.last().tell(Progress{Doing: "compiling", Done: 1, Total: 2})
		d.settle()
		assert.Contains(t, d.row(0), "grading: 1 of 2 tests")
	})
}

func TestEnterGoesOnOnlyAfterAPass(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.finish(graded(exercises[0], evidence.Race), nil)
		d.press("enter")
		assert.Len(t, d.begun(), 1)
		d.save(exercises[0])
		d.finish(graded(exercises[0], evidence.Pass), nil)
		assert.Contains(t, d.row(0), "✓ all points · hit-counter ◆ · best 10/10 · 1 of 3 exercises done")
		assert.Contains(t, d.row(-1), "Enter next exercise")
		assert.Contains(t, d.view(), "next: batch-error; Enter opens it")
		d.press("enter")
		assert.Equal(t, "batch-error", d.last().exercise.ID)
		assert.Contains(t, d.view(), "about batch-error")
		d.finish(graded(exercises[1], evidence.Pass), nil)
		assert.NotContains(t, d.row(-1), "Enter", "nothing is left to go on with")
		d.press("enter")
		assert.Len(t, d.begun(), 3)
	})
}

// While a change of passing code is graded, there is no pass to go on from.
func TestEnterDoesNotTrustAnOldPass(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.finish(graded(exercises[0], evidence.Pass), nil)
		d.save(exercises[0])
		d.press("enter")
		assert.Equal(t, "hit-counter", d.last().exercise.ID)
		assert.False(t, d.last().stopped.Load())
	})
}

// The grade of one exercise may come in when another has just been opened.
func TestALateGradeIsNotTheNextExercises(t *testing.T) {
	atDesk(t, func(d *desk) {
		run := d.model.run
		d.handle(chosenMsg{exercises[1]})
		d.handle(gradedMsg{run: run, report: graded(exercises[0], evidence.Race)})
		assert.Contains(t, d.view(), "about batch-error")
		d.settle()
	})
}

func TestOnlyTheOpenExerciseIsWatched(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.finish(graded(exercises[0], evidence.Pass), nil)
		d.press("enter")
		d.save(exercises[0])
		assert.Len(t, d.begun(), 2)
		d.save(exercises[1])
		assert.Len(t, d.begun(), 3)
	})
}

func TestTheExerciseIsIntroducedAgain(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.finish(graded(exercises[0], evidence.Pass), nil)
		assert.NotContains(t, d.view(), "about hit-counter")
		d.press("i")
		assert.Contains(t, d.view(), "about hit-counter")
		d.press("enter")
		assert.Contains(t, d.view(), "✓ hit-counter", "Enter leaves a page before it goes on")
		assert.Len(t, d.begun(), 1)
	})
}

// Scrolling and the seconds draw no report anew.
func TestAReportIsDrawnOnce(t *testing.T) {
	atDesk(t, func(d *desk) {
		times, draw := 0, d.model.Report
		d.model.Report = func(r grade.Report, look Look) string { times++; return draw(r, look) }
		d.finish(graded(exercises[0], evidence.Race), nil)
		d.press("down", "up", "pgdown")
		assert.Equal(t, 1, times)
		d.resize(80, 10)
		d.press("a")
		assert.Equal(t, 3, times)
	})
}

func TestHintsComeOneAtATime(t *testing.T) {
	atDesk(t, func(d *desk) {
		for _, hint := range []string{"How many steps is that?", "Look at line 3.", "Lock it.", "Lock it."} {
			d.press("h")
			assert.Contains(t, d.view(), hint)
		}
		d.press("esc")
		assert.Contains(t, d.view(), "about hit-counter")
		d.press("h")
		assert.Contains(t, d.view(), "Lock it.", "the last one seen")
		d.save(exercises[0])
		assert.Contains(t, d.view(), "about hit-counter", "a save asks for the result")
	})
}

func TestTheListFindsAndOpens(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.press("l")
		assert.Contains(t, d.view(), "> ")
		assert.Contains(t, d.view(), "ticket-oversell")
		d.press("/", "S", "e", "a", "t")
		assert.Contains(t, d.view(), "search: Seat")
		assert.Contains(t, d.view(), "ticket-oversell")
		assert.NotContains(t, d.view(), "batch-error")
		d.press("enter")
		assert.Equal(t, "ticket-oversell", d.last().exercise.ID)
		assert.True(t, d.begun()[0].stopped.Load())
		assert.Contains(t, d.view(), "about ticket-oversell")
	})
}

func TestTheListWithoutASearch(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.press("l", "down", "enter")
		assert.Equal(t, "batch-error", d.last().exercise.ID)
		d.press("l", "/", "x", "x", "enter")
		assert.Len(t, d.begun(), 2, "nothing is found, and nothing opened")
		d.press("esc", "esc")
		assert.Contains(t, d.view(), "about batch-error")
	})
}

// Letters of a search are no commands.
func TestASearchMayHoldAnyLetter(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.press("l", "/", "q", "h", "l", "r", "a")
		assert.False(t, d.quit)
		assert.Contains(t, d.view(), "search: qhlra")
		assert.Len(t, d.begun(), 1)
		d.press("ctrl+c")
		assert.True(t, d.quit)
	})
}

func TestQuittingStopsTheGrading(t *testing.T) {
	for _, key := range []string{"q", "ctrl+c"} {
		atDesk(t, func(d *desk) {
			d.press(key)
			assert.True(t, d.quit)
			assert.True(t, d.last().stopped.Load())
			assert.Zero(t, d.running.Load())
		})
	}
}

// The time limits of a grading would pass while the program is stopped.
func TestSuspendingStopsTheGradingFirst(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.linger = time.Minute
		d.press("ctrl+z")
		assert.Zero(t, d.stops, "a grading has not ended yet")
		time.Sleep(time.Minute)
		d.settle()
		assert.Equal(t, 1, d.stops)
		assert.True(t, d.last().stopped.Load())
		d.save(exercises[0])
		assert.Len(t, d.begun(), 1, "nothing is graded meanwhile")
		d.send(tea.ResumeMsg{})
		assert.Len(t, d.begun(), 2)
		assert.False(t, d.last().stopped.Load())
	})
}

func TestTroubleOfTheGraderIsToldAndTriedAgain(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.finish(graded(exercises[0], evidence.Race), nil)
		d.press("r")
		d.finish(graded(exercises[0], evidence.Race), errors.New("there is no C compiler\n\x1b[2Jinstall gcc"))
		assert.Contains(t, d.row(0), "✗ not graded")
		assert.Contains(t, d.view(), "there is no C compiler")
		assert.Contains(t, d.view(), `\x1b[2Jinstall gcc`)
		assert.NotContains(t, d.model.View().Content, "\x1b[2J")
		d.press("r")
		d.finish(graded(exercises[0], evidence.Pass), nil)
		assert.Contains(t, d.row(0), "✓ all points")
	})
}

func TestEverythingScrolls(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.finish(graded(exercises[0], evidence.Race), nil)
		d.resize(80, 8)
		assert.Contains(t, d.row(1), "✗ hit-counter")
		assert.Regexp(t, `↓ PgDn \d+ more`, d.row(-1))
		d.press("down")
		assert.NotContains(t, d.view(), "✗ hit-counter")
		d.press("pgdown", "pgdown", "pgdown")
		assert.Contains(t, d.view(), "go1.26.0")
		assert.Contains(t, d.row(-1), "↑ PgUp")
		d.press("a")
		assert.Contains(t, d.row(1), "01-shared-state", "what is new begins at its top")
		assert.Contains(t, d.row(-1), "a one failure")
	})
}

// A command to copy is longer than a narrow screen is wide.
func TestLongLinesWrap(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.finish(graded(exercises[0], evidence.Race), nil)
		d.resize(30, 24)
		text := strings.ReplaceAll(strings.ReplaceAll(d.view(), "\n", ""), " ", "")
		assert.Contains(t, text, "replayhit-counter'TestTwoAtOnce@0.2~i102'")
	})
}

// No size breaks it, and it never takes more than its room.
func TestEverySizeIsFilled(t *testing.T) {
	atDesk(t, func(d *desk) {
		d.finish(graded(exercises[0], evidence.Race), nil)
		for _, size := range [][2]int{{20, 5}, {1, 1}, {3, 2}, {80, 1}, {40, 3}, {300, 100}, {80, 24}} {
			for _, key := range []string{"esc", "h", "esc", "l", "l", "a"} {
				d.press(key)
				d.resize(size[0], size[1])
				rows := strings.Split(d.view(), "\n")
				assert.Len(t, rows, size[1], "%v %s", size, key)
				for _, row := range rows {
					assert.LessOrEqual(t, len([]rune(row)), size[0], "%v %s: %q", size, key, row)
				}
			}
		}
	})
}
