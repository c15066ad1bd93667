package explored

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// c.n++ is two steps, which shows where another goroutine comes between them.
func TestRowsTellReadsFromWrites(t *testing.T) {
	half := func(g int, operation string) Step { return did(g, operation, "c.n", 21, "c.n++") }
	lost := []Step{half(1, "read"), half(2, "read"), half(2, "write"), half(1, "write")}
	lost[1].Switch = true
	assert.Equal(t, []string{"g1:21 (reads c.n)", "g2:21 [◀ here g2 takes over; g1 is still on line 21]", "g1:21 (writes c.n)"}, brief(named(lost)))

	whole := []Step{half(1, "read"), half(1, "write"), half(2, "read"), half(2, "write"), half(1, "read"), half(1, "write")}
	whole[2].Switch = true
	assert.Equal(t, []string{"g1:21", "g2:21 [◀ here g2 takes over; g1 could have gone on]", "g1:21"}, brief(named(whole)), "one increment after another")
}

// A row says whom its step wakes and starts, and what it is on if its source
// does not.
func TestRowsTellWhatAStepDoes(t *testing.T) {
	signal := func(wakes ...int) Step {
		s := did(1, "signal", "q.changed", 50, "q.changed.Signal()")
		s.Wakes = wakes
		return s
	}
	start := did(1, "go", "", 34, "go c.visit(link)")
	start.Plain, start.Starts = true, 2
	second := start
	second.Starts = 3
	for _, c := range []struct {
		want  string
		trace []Step
	}{
		{"g1:50 (wakes g2 and the test)", []Step{signal(2, 0)}},
		{"g1:50 (wakes 5 goroutines)", []Step{signal(2, 3, 4, 5, 6)}},
		{"g1:50", []Step{signal()}},
		{"g1:34 (starts g2 and g3)", []Step{start, second}},
		{"g1:68 (locks account#1.mu)", []Step{did(1, "lock", "account#1.mu", 68, "a.mu.Lock()")}},
		{"g1:68", []Step{did(1, "lock", "a.mu", 68, "a.mu.Lock()")}},
		{"g1:40", []Step{did(1, "unlock", "g.mu", 40, "g.cond.Wait()")}},
	} {
		assert.Equal(t, []string{c.want}, brief(named(c.trace)))
	}
	waits := did(2, "cond wait", "q.changed", 43, "q.changed.Wait()")
	assert.Equal(t, []string{"g1:50 (wakes no goroutine)", "g2:43"}, brief(named([]Step{signal(), waits})), "it comes too early")
	assert.Equal(t, "wg.Done()", rowOf(0, did(1, "waitgroup add", "wg", 9, "}")).source, "a deferred call")
}

// A goroutine that has to wait for a lock has not taken it yet.
func TestATryIsNoLock(t *testing.T) {
	first := []Step{did(1, "memory", "", 3, "x"), did(2, "rlock", "b.mu", 19, "r.Lock()"), did(1, "memory", "", 4, "y")}
	waiting := []Waiting{{Goroutine: 2, Operation: "rlock", Object: "b.mu", File: bank, Line: 19, Source: "r.Lock()", HeldBy: 1}}
	assert.Contains(t, Picture(Test{Verdict: Wrong, Trace: first}, 80), "read-locks b.mu")
	assert.NotContains(t, Picture(Test{Verdict: Deadlock, Trace: first, Waiting: waiting}, 80), "read-locks b.mu")
	later := append(first, did(2, "rlock", "b.mu", 19, "r.Lock()", "waited", "for b.mu"))
	assert.Equal(t, []string{"g1:3", "g2:19 (waits for b.mu)", "g1:4", "g2:19 (read-locks b.mu)"}, brief(named(later)))
}

// What a test does for itself teaches nothing where there is code under test, nor
// does what is done before there is a second goroutine.
func TestRowsFoldTheTestsOwn(t *testing.T) {
	inTest := func(s Step) Step { return in("bank/bank_test.go", s) }
	plain := func(s Step) Step { s.Plain = true; return s }
	trace := []Step{
		did(0, "write", "b.n", 5, "b.n = 1"),
		inTest(did(0, "waitgroup add", "group", 12, "group.Go(func() {")), inTest(did(0, "go", "", 12, "group.Go(func() {")),
		did(1, "write", "b.n", 20, "b.n = 2"),
		inTest(did(0, "waitgroup wait", "group", 14, "group.Wait()")), inTest(did(0, "waitgroup wait", "group", 14, "group.Wait()", "waited", "for group")),
		plain(did(0, "read", "b.n", 30, "return b.n")), plain(did(0, "read", "b.other", 31, "return b.other")),
		inTest(plain(did(0, "read", "b.n", 15, "assert.Equal(t, 2, b.n)"))),
	}
	assert.Equal(t, []string{"g1:20", "test:30"}, brief(named(trace)))
	rows := rowsOf(trace, 7)
	assert.Equal(t, 31, rows[len(rows)-1].line, "but for what a race is on")
	for i := range trace {
		trace[i] = inTest(trace[i])
	}
	assert.Equal(t, []string{"g1:20", "test:30", "test:15"}, brief(named(trace)), "the code under test may stand in the test's file")
}

// A Wait of the code under test that does not wait is worth a word.
func TestAWaitThatReturnsAtOnce(t *testing.T) {
	trace := []Step{
		did(1, "memory", "", 3, "x"), did(0, "waitgroup wait", "wg", 35, "wg.Wait()"), did(1, "memory", "", 4, "y"), did(0, "lock", "mu", 36, "mu.Lock()"),
	}
	assert.Contains(t, Picture(Test{Verdict: Wrong, Trace: trace}, 80), "returns at once")
	trace[3] = did(0, "waitgroup wait", "wg", 35, "wg.Wait()", "waited", "for wg")
	assert.NotContains(t, Picture(Test{Verdict: Wrong, Trace: trace}, 80), "returns at once")
	assert.Contains(t, Picture(Test{Verdict: Wrong, Trace: trace[:2]}, 80), "returns at once", "the test has ended after it")
	assert.NotContains(t, Picture(Test{Verdict: Deadlock, Trace: trace[:2], Waiting: []Waiting{{}}}, 80), "returns at once")
}

// Prose breaks at spaces alone; what is longer than a line, behind a part of it.
func TestWrapped(t *testing.T) {
	assert.Equal(t, []string{"reads", "a/b-c.go", "at once"}, wrapped("reads a/b-c.go at once", 8))
	assert.Equal(t, []string{"account#1.", "mu waits"}, wrapped("account#1.mu waits", 10))
	assert.Equal(t, []string{"xxxxx", "xxx"}, wrapped("xxxxxxxx", 5))
	assert.Equal(t, []string{""}, wrapped("", 5))
	assert.Equal(t, []string{"日", "本"}, wrapped("日本", 1), "a character at least")
}
