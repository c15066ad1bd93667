package explored

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// brief writes rows as "g1:21 (note) [hurts]".
func brief(rows []row) (texts []string) {
	for _, r := range rows {
		text := fmt.Sprintf("%s:%d", Name(r.goroutine), r.line)
		if r.kind != ran {
			text = r.source
		}
		if len(r.notes) > 0 {
			text += " (" + strings.Join(r.notes, ", ") + ")"
		}
		if r.hurts != "" {
			text += " [" + r.hurts + "]"
		}
		texts = append(texts, text)
	}
	return texts
}

func named(trace []Step) []row {
	rows := rowsOf(trace)
	nameHurt(rows, trace)
	return rows
}

// Two halves of one line stay two rows where somebody comes between, and are
// one where nobody does.
func TestRowsMergeStepsOfOneLine(t *testing.T) {
	assert.Equal(t, []string{
		"test:15 (waits for wg)", "g1:21", "g2:21 [◀ here g2 takes over; g1 is still on line 21]", "g2:14",
		"g1:21 (still on this line)", "g1:14", "test:15 (goes on)", "test:40",
	}, brief(named(lostUpdate())))
}

func TestRowsFoldBookkeeping(t *testing.T) {
	trace := append(spawned(2, 12), did(1, "start", "", 12, "go func() {"), did(1, "memory", "", 20, "x = 1"), Step{Goroutine: 1, Operation: "choose"}, did(2, "start", "", 13, "go func() {"))
	assert.Equal(t, []string{"g1:20", "g2:13 [◀ here g2 takes over]"}, brief(named(trace)), "the switch that hurts keeps its step")
	assert.Equal(t, []string{"test:12"}, brief(named(spawned(1, 12))), "bookkeeping is shown if there is nothing else")
	assert.Empty(t, named(nil))
	assert.Equal(t, "}() (unlock mu)", rowsOf([]Step{did(1, "unlock", "mu", 9, "}()")})[0].source, "a brace tells nothing of a deferred call")
	trace = []Step{did(1, "memory", "", 20, "x++"), {Goroutine: 2, Operation: "choose"}, did(1, "memory", "", 20, "x++", "switch")}
	assert.Equal(t, []string{"g1:20", "g1:20 (still on this line) [◀ here g1 takes over; g2 could have gone on]"}, brief(named(trace)), "a marked switch is not merged away")
}

// A wait is shown where it begins, not only where it ends.
func TestRowsShowWaits(t *testing.T) {
	assert.Equal(t, []string{"test:17 (waits for wg)", "g1:20", "g2:20 (waits for a.mu, held by g1)", "g1:21", "g1:22"}, brief(named(waitingTest().Trace))[:5])
	trace := []Step{did(1, "receive", "ch", 5, "<-ch"), did(1, "resume", "ch", 5, "<-ch", "waited")}
	assert.Equal(t, []string{"g1:5 (waits to receive from ch)"}, brief(named(trace)), "nobody ran meanwhile")
	trace = []Step{did(1, "memory", "", 4, "x"), did(2, "lock", "mu", 5, "mu.Lock()"), did(1, "memory", "", 6, "y"), did(2, "unlock", "mu", 7, "mu.Unlock()"), did(1, "lock", "mu", 8, "mu.Lock()", "waited", "for mu")}
	assert.Equal(t, "g1:8 (waits for mu, held by g2)", brief(named(trace))[3], "the trace tells who holds it")
	trace = []Step{did(1, "memory", "", 4, "x = 1"), did(1, "send", "ch", 5, "ch <- x", "waited"), did(1, "resume", "", 6, "y", "waited")}
	assert.Equal(t, []string{"g1:4", "g1:5 (waits to send on ch)", "g1:6 (waits)"}, brief(named(trace)))
}

func TestTheSwitchThatHurts(t *testing.T) {
	step := func(g, line int, flags ...string) Step { return did(g, "memory", "", line, "x", flags...) }
	slip := Step{Goroutine: -1, Slip: "1s", Switch: true}
	for want, trace := range map[string][]Step{
		"g2:2 [◀ here g2 takes over; g1 could have gone on]":                {step(1, 1), step(2, 2, "switch"), step(1, 3), step(2, 4)},
		"g1:3 [◀ here g1 takes over]":                                       {step(1, 1), step(2, 2), step(1, 3)},
		"g2:2 [◀ here g2 takes over; g1 is still on line 1]":                {step(1, 1), step(2, 2, "switch"), step(1, 1)},
		"test:2 [◀ here the test takes over; g1 could have gone on]":        {step(1, 1), step(0, 2, "switch")},
		"⏱ 1s pass [◀ here time passes; the test could have gone on]":       {step(0, 1), slip, step(2, 2)},
		"⏱ time passes [◀ here time passes; g1 could have gone on]":         {step(1, 1), step(2, 4, "switch"), step(1, 5), {Goroutine: -1}, step(1, 6)},
		"⏱ 2s pass [◀ here time passes, although somebody could go on]":     {step(1, 1), {Goroutine: -1, Slip: "2s"}, step(2, 4), step(1, 6, "waited")},
		"⏱ time passes [◀ here time passes, although somebody could go on]": {step(1, 1), {Goroutine: -1}, step(2, 2)},
	} {
		var hurting []string
		for _, text := range brief(named(trace)) {
			if strings.Contains(text, "◀") {
				hurting = append(hurting, text)
			}
		}
		assert.Equal(t, []string{want}, hurting)
	}
	assert.NotContains(t, strings.Join(brief(named([]Step{step(1, 1), step(1, 2)})), ""), "◀", "no switch, nothing to mark")
}

// A goroutine that is switched to and left again before it has a row.
func TestTheSwitchThatHurtsMayShowNothing(t *testing.T) {
	trace := []Step{did(1, "memory", "", 20, "x"), did(2, "start", "", 12, "go f()", "switch"), did(1, "memory", "", 21, "y")}
	assert.Equal(t, []string{"g1:20", "g2:12 [◀ here g2 takes over; g1 could have gone on]", "g1:21"}, brief(named(trace)))
}

func TestElided(t *testing.T) {
	for name, hurt := range map[string]int{"none": -1, "early": 3, "head": 12, "middle": 100, "late": 195} {
		rows := make([]row, 200)
		for i := range rows {
			rows[i] = row{line: i, first: 10 * i}
		}
		if hurt >= 0 {
			rows[hurt].hurts = "◀"
		}
		short := elided(rows)
		tail := rows[max(hurt, 0):]
		if hurt < 0 {
			tail = rows[len(rows)-20:]
		}
		require.GreaterOrEqual(t, len(short), len(tail), name)
		assert.Equal(t, tail, short[len(short)-len(tail):], "%s: nothing after the switch that hurts is left out", name)
		if hurt < 0 || hurt > rowsMost {
			assert.Equal(t, gap, short[rowsHead].kind, name)
			assert.Equal(t, rows[:rowsHead], short[:rowsHead], name)
			assert.LessOrEqual(t, len(short), max(rowsMost, len(tail)+rowsHead+rowsLead+1), name)
		}
	}
	assert.Len(t, elided(make([]row, rowsMost)), rowsMost)
	assert.Contains(t, terminal(t, only(longTest()), Options{}), "… 321 steps …")
}

// A race's two accesses are marked in two goroutines, as late as can be.
func TestMarkRaces(t *testing.T) {
	rows := []row{{goroutine: 1, file: "a", line: 3}, {goroutine: 1, file: "a", line: 3}, {goroutine: 2, file: "a", line: 3}, {goroutine: 2, file: "b", line: 3}}
	both := []Access{{Operation: "write", File: "a", Line: 3}, {Operation: "read", File: "a", Line: 3}}
	assert.True(t, markRaces(rows, both))
	assert.Equal(t, []string{"", "◆ reads here", "◆ writes here", ""}, []string{rows[0].mark, rows[1].mark, rows[2].mark, rows[3].mark})
	assert.False(t, markRaces(rows, []Access{{File: "a", Line: 3, Goroutine: "g7"}, {File: "b", Line: 3}}))
}

func TestTitlesTellWhereAGoroutineStarted(t *testing.T) {
	p, ok := pictureOf(deadlockTest())
	require.True(t, ok)
	assert.Equal(t, []lane{{0, "test"}, {1, "g1 started at bank.go:12"}, {2, "g2 started at bank.go:13"}}, p.lanes)
	assert.Equal(t, bank, p.file)
	p, _ = pictureOf(leakTest())
	assert.Empty(t, p.file, "steps of two files")
	_, ok = pictureOf(Test{Verdict: Panic})
	assert.False(t, ok, "nothing to draw without a trace")
}

// Where lanes would be too narrow to read, there is one column.
func TestLanesNeedRoom(t *testing.T) {
	assert.Contains(t, terminal(t, only(manyTest(6)), Options{Width: 200}), "─┼─")
	assert.NotContains(t, terminal(t, only(manyTest(6)), Options{Width: 80}), "─┼─")
	assert.Contains(t, terminal(t, only(waitingTest()), Options{Width: 80}), "─┼─")
}

// A line that begins with two colons would be a command to GitHub's runner.
func TestNoLineIsARunnersCommand(t *testing.T) {
	r := only(Test{Name: "T", Verdict: Wrong, Summary: strings.Repeat("::error::x ", 40) + "##[group]", Races: []Access{{Operation: "::error::x"}}})
	for line := range strings.Lines(terminal(t, r, Options{}) + markdown(t, r)) {
		assert.NotRegexp(t, `^\s*::|##\[`, line)
	}
}
