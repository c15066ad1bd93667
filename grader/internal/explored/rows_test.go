package explored

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// brief writes rows as "g1:21 (note) [decisive]".
func brief(rows []row) (texts []string) {
	for _, r := range rows {
		text := fmt.Sprintf("%s:%d", Name(r.goroutine), r.line)
		if r.kind != ran {
			text = r.source
		}
		if len(r.notes) > 0 {
			text += " (" + strings.Join(r.notes, ", ") + ")"
		}
		if r.decisive != "" {
			text += " [" + r.decisive + "]"
		}
		texts = append(texts, text)
	}
	return texts
}

func named(trace []Step) []row {
	rows := rowsOf(trace)
	nameDecisive(rows, trace)
	return rows
}

// Two halves of one line stay two rows where another goroutine comes between, and are
// one where none does.
func TestRowsMergeStepsOfOneLine(t *testing.T) {
	assert.Equal(t, []string{
		"test:15 (waits for wg)", "g1:21", "g2:21 [◀ here g2 takes over; g1 is still on line 21]", "g2:14",
		"g1:21 (still on this line)", "g1:14", "test:15 (goes on)",
	}, brief(named(lostUpdate())))
}

func TestRowsFoldBookkeeping(t *testing.T) {
	trace := append(spawned(2, 12), did(1, "start", "", 12, "go func() {"), did(1, "memory", "", 20, "x = 1"), Step{Goroutine: 1, Operation: "choose"}, did(2, "start", "", 13, "go func() {"))
	assert.Equal(t, []string{"g1:20"}, brief(named(trace)), "a start stands in the header")
	assert.Equal(t, []string{"test:12"}, brief(named(spawned(1, 12))), "bookkeeping is shown if there is nothing else")
	assert.Empty(t, named(nil))
	assert.Equal(t, "unlocks mu", rowsOf([]Step{did(1, "unlock", "mu", 9, "}()")})[0].source, "a brace tells nothing of a deferred call")
	trace = []Step{did(1, "memory", "", 20, "x++"), {Goroutine: 2, Operation: "choose"}, did(1, "memory", "", 20, "x++", "switch")}
	assert.Equal(t, []string{"g1:20", "g1:20 (still on this line)"}, brief(named(trace)), "a switch from a goroutine without a row needs no mark")
}

// A wait is shown where it begins, not only where it ends.
func TestRowsShowWaits(t *testing.T) {
	assert.Equal(t, []string{"test:17 (waits for wg)", "g1:20", "g2:20 (waits for a.mu, held by g1)", "g1:21", "g1:22"}, brief(named(waitingTest().Trace))[:5])
	trace := []Step{did(1, "receive", "ch", 5, "<-ch"), did(1, "resume", "ch", 5, "<-ch", "waited")}
	assert.Equal(t, []string{"g1:5 (waits to receive from ch)"}, brief(named(trace)), "no other goroutine ran meanwhile")
	trace = []Step{did(1, "memory", "", 4, "x"), did(2, "lock", "mu", 5, "mu.Lock()"), did(1, "memory", "", 6, "y"), did(2, "unlock", "mu", 7, "mu.Unlock()"), did(1, "lock", "mu", 8, "mu.Lock()", "waited", "for mu")}
	assert.Equal(t, "g1:8 (waits for mu, held by g2)", brief(named(trace))[3], "the trace tells who holds it")
	trace = []Step{did(1, "memory", "", 4, "x = 1"), did(1, "send", "ch", 5, "ch <- x", "waited"), did(1, "resume", "", 6, "y", "waited")}
	assert.Equal(t, []string{"g1:4", "g1:5 (waits to send on ch)", "g1:6 (waits)"}, brief(named(trace)))
}

func TestTheSwitchThatHurts(t *testing.T) {
	step := func(g, line int, flags ...string) Step { return did(g, "memory", "", line, "x", flags...) }
	slip := Step{Goroutine: -1, Slip: "1s", Switch: true}
	for want, trace := range map[string][]Step{
		"g2:2 [◀ here g2 takes over; g1 could have gone on]":                             {step(1, 1), step(2, 2, "switch"), step(1, 3), step(2, 4)},
		"g2:2 [◀ here g2 takes over; g1 is still on line 1]":                             {step(1, 1), step(2, 2, "switch"), step(1, 1)},
		"test:2 [◀ here the test takes over; g1 could have gone on]":                     {step(1, 1), step(0, 2, "switch")},
		"⏱ 1s pass [◀ here time passes; the test could have gone on]":                    {step(0, 1), slip, step(2, 2)},
		"⏱ time passes [◀ here time passes; g1 could have gone on]":                      {step(1, 1), step(2, 4, "switch"), step(1, 5), {Goroutine: -1}, step(1, 6)},
		"⏱ 2s pass [◀ here time passes, although a goroutine could go on]":               {step(1, 1), {Goroutine: -1, Slip: "2s"}, step(2, 4), step(1, 6, "waited")},
		"⏱ time passes [◀ here time passes, although a goroutine could go on]":           {step(1, 1), {Goroutine: -1}, step(2, 2)},
		"⏱ 3s pass [◀ here time passes, although g3 and the test could go on]":           {step(1, 1), {Goroutine: -1, Slip: "3s", Over: []int{3, 0}}, step(2, 2)},
		"⏱ 4s pass [◀ here time passes, although g2, g3, g4 and 2 more could go on]":     {step(1, 1), {Goroutine: -1, Slip: "4s", Over: []int{2, 3, 4, 5, 6}}, step(2, 2)},
		"⏱ 5s pass [◀ here time passes, although g1 could go on; it is still on line 1]": {step(1, 1), {Goroutine: -1, Slip: "5s", Over: []int{1}}, step(2, 2), step(1, 1)},
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

// A goroutine does not take over from itself, where the step that the switch is to has no row.
func TestTheSwitchThatHurtsIsBetweenTwo(t *testing.T) {
	trace := []Step{{Goroutine: 1}, {Goroutine: 2, Switch: true}}
	rows := []row{{kind: ran, goroutine: 1, line: 3}, {kind: ran, goroutine: 1, line: 4, switched: 1}}
	assert.Empty(t, decisiveWords(rows, 1, trace))
}

// A long picture keeps its end, the decisive switch, and all that the sentence
// above it names.
func TestElided(t *testing.T) {
	for name, decisive := range map[string]int{"none": -1, "early": 3, "middle": 100, "late": 195} {
		rows := make([]row, 200)
		for i := range rows {
			rows[i] = row{file: bank, line: i + 1, steps: []int{i}, goroutine: 1}
		}
		if decisive >= 0 {
			rows[decisive].decisive = "◀"
		}
		rows[50].mark = "◆"
		short := elided(rows, Test{Summary: "g1 holds mu (bank.go:71) and waits"}, maxRows)
		lines := map[int]bool{}
		for _, r := range short {
			lines[r.line] = true
		}
		for _, line := range []int{51, 71, 196, 200, max(decisive, 0) + 1} {
			if decisive >= 0 || line > 1 {
				assert.True(t, lines[line], "%s: line %d", name, line)
			}
		}
		assert.False(t, lines[7], "line 71 is named, not line 7")
		assert.LessOrEqual(t, len(short), 2*maxRows, name)
		assert.True(t, slices.ContainsFunc(short, func(r row) bool { return r.kind == gap }), name)
	}
	assert.Len(t, elided(make([]row, maxRows), Test{}, maxRows), maxRows)
	assert.Contains(t, terminal(t, only(longTest()), Options{}), "… 345 steps …")
}

// A position that the end of the picture shows, or a later row, needs no row more.
func TestElidedKeepsANamedLineOnce(t *testing.T) {
	rows := make([]row, 100)
	for i := range rows {
		rows[i] = row{file: bank, line: 1 + i%2, steps: []int{i}, goroutine: 1}
	}
	short := elided(rows, Test{Summary: "g1 waits (bank.go:1)", Waiting: []Waiting{{Goroutine: 1, File: bank, Line: 1}}}, maxRows)
	assert.Len(t, short, maxRows+1)
}

// What a goroutine uses at the end, as another one left it long before, is shown with the row
// that left it: memory, or else a lock.
func TestElidedKeepsWhatWasLeft(t *testing.T) {
	for name, used := range map[string]row{
		"memory":       {does: []access{{verb: "writes", object: "c.timers"}}},
		"the field":    {holds: []access{{object: "clock.timers"}}},
		"the lock":     {source: "c.mu.Lock()", object: "c.mu"},
		"another":      {does: []access{{verb: "reads", object: "c.others"}}},
		"another lock": {source: "c.others.Lock()", object: "c.others"},
	} {
		rows := make([]row, 100)
		for i := range rows {
			rows[i] = row{file: bank, line: i + 1, steps: []int{i}, goroutine: 1}
		}
		rows[40].goroutine, rows[40].does, rows[40].object, rows[40].source = 2, []access{{verb: "writes", object: "c.timers"}}, "c.mu", "unlocks c.mu"
		used.file, used.line, used.steps, used.goroutine = bank, 97, []int{96}, 1
		rows[96] = used
		short := elided(rows, Test{Waiting: []Waiting{{Goroutine: 1, File: bank, Line: 100}}}, maxRows)
		kept := slices.ContainsFunc(short, func(r row) bool { return r.line == 41 })
		assert.Equal(t, !strings.HasPrefix(name, "another"), kept, name)
	}
}

// A race's two accesses are marked: each in the row that has its step.
func TestMarkRaces(t *testing.T) {
	marks := func(both ...Access) []string {
		rows := []row{{goroutine: 1, steps: []int{0, 1}}, {goroutine: 1, steps: []int{2}}, {goroutine: 2, steps: []int{3}}}
		assert.True(t, markRaces(rows, both, make([]Step, 4)))
		return []string{rows[0].mark, rows[1].mark, rows[2].mark}
	}
	assert.Equal(t, []string{"◆ atomically reads c.n", "", "◆ writes c.n"}, marks(Access{Operation: "write", Object: "c.n", Step: 4}, Access{Operation: "atomic read", Step: 2}))
	assert.Equal(t, []string{"◆ writes c.n", "", "◆ reads it"}, marks(Access{Operation: "write", Object: "c.n", Step: 2}, Access{Operation: "read", Step: 4}))
	assert.False(t, markRaces([]row{{steps: []int{0}}}, []Access{{Step: 1}, {}}, make([]Step, 1)))
}

// A lane says where its goroutine was started, if no row does.
func TestTitlesTellWhereAGoroutineStarted(t *testing.T) {
	titles := func(test Test) (titles []string) {
		p, ok := pictureOf(test)
		require.True(t, ok)
		for _, l := range p.lanes {
			titles = append(titles, p.title(l))
		}
		return titles
	}
	assert.Equal(t, []string{"test", "g1 started at :12", "g2 started at :13"}, titles(deadlockTest()))
	test := deadlockTest()
	test.Trace[0].Starts, test.Trace[0].Plain = 1, true
	assert.Equal(t, []string{"test", "g1", "g2 started at :13"}, titles(test), "a row says where g1 is started")
	_, ok := pictureOf(Test{Verdict: Panic})
	assert.False(t, ok, "nothing to draw without a trace")
}

// Lines of the file with most rows have no name; those of others have a letter.
func TestEveryFileHasASign(t *testing.T) {
	p, _ := pictureOf(deadlockTest())
	assert.Equal(t, "What ran in bank.go, from top to bottom:", p.caption())
	p.files = []string{"a/b.go", "a/b_test.go", "a/c_test.go", "x/tree.go", "x/tool.go"}
	assert.Equal(t, "What ran in b.go, from top to bottom (t: b_test.go, a: c_test.go, b: tree.go, c: tool.go):", p.caption(), "t is taken by a test")
	assert.Equal(t, []string{"7", "t:7", "a:7", "b:7", "other.go:7"}, []string{p.place("a/b.go", 7), p.place("a/b_test.go", 7), p.place("a/c_test.go", 7), p.place("x/tree.go", 7), p.place("x/other.go", 7)})
}

// The reader's own files come first, however much runs in a dependency.
func TestADependencyComesLast(t *testing.T) {
	lib, err := filepath.Abs("lib.go")
	require.NoError(t, err)
	own, test := "shop.go", "shop_test.go"
	p := picture{rows: []row{{file: lib}, {file: lib}, {file: lib}, {file: test}, {file: test}, {file: own}}}
	assert.Equal(t, []string{own, test, lib}, filesOf(p))
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

// A time slip that is not the decisive switch says itself which goroutines were kept waiting.
func TestKeptWaiting(t *testing.T) {
	trace := []Step{did(1, "memory", "", 1, "x"), {Goroutine: -1, Slip: "1s", Over: []int{1}}, did(2, "memory", "", 2, "y"), {Goroutine: -1, Slip: "2s", Over: []int{1}}, did(2, "memory", "", 3, "z")}
	assert.Contains(t, brief(named(trace)), "⏱ 1s pass, although g1 could go on")
	assert.Equal(t, "1s pass, although g1 could go on", Happens(trace[1]))
}

// A goroutine that could have gone on at the decisive time slip keeps a row, however far away.
func TestKeptWaitingHasARow(t *testing.T) {
	trace := []Step{did(1, "memory", "", 1, "x")}
	for line := range 3 * maxRows {
		trace = append(trace, did(2, "memory", "", 10+line, "y"))
	}
	trace = append(trace, Step{Goroutine: -1, Slip: "1s", Over: []int{1}}, did(2, "memory", "", 5, "z"))
	rows := elided(rowsOf(trace), Test{Trace: trace}, maxRows)
	assert.Contains(t, brief(rows), "g1:1")
}

// What a test does with a WaitGroup is left out: it starts goroutines and waits for them. One
// that is waited for twice, where there is only test code, is that code's own.
func TestWaitGroupsOfTests(t *testing.T) {
	wait := func(g int) Step {
		return Step{Goroutine: g, Operation: "waitgroup wait", Object: "call", File: "x_test.go", Line: 25, Source: "call.Wait()"}
	}
	done := Step{Goroutine: 1, Operation: "waitgroup done", Object: "call", File: "x_test.go", Line: 18, Source: "call.Done()"}
	code := did(0, "lock", "", 11, "mu")
	test := code
	test.File = "x_test.go"
	for _, c := range []struct {
		shown bool
		trace []Step
	}{
		{false, []Step{test, done, wait(0)}},
		{true, []Step{test, done, wait(0), wait(0)}},
		{true, []Step{test, done, wait(2)}},
		{false, []Step{test, code, done, wait(0), wait(0)}},
	} {
		assert.Equal(t, c.shown, slices.Contains(brief(rowsOf(c.trace)), "g1:18"))
	}
}
