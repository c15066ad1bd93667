package forced

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

const counter = `package p

import "sync/atomic"

var n, m atomic.Int64
var plain int

func add() {
	n.Add(1)
	m.Store(n.Load())
	plain++
}

func both() (bool, func()) {
	for n.Load() > 0 {
		m.Add(1)
	}
	return n.Load() == m.Load(), func() { plain += 2; n.Add(1) }
}
`

func counterSource(t *testing.T) *source {
	s, err := parse("p/p.go", []byte(counter))
	require.NoError(t, err)
	return s
}

// plannedOf plans steps, each a goroutine, a line and what it does there: "1 9 atomic n".
// After a "!" the goroutine before could have gone on.
func plannedOf(t *testing.T, test explored.Test, steps ...string) plan {
	s := counterSource(t)
	for _, text := range steps {
		step := explored.Step{File: "p/p.go"}
		text, step.Switch = strings.CutSuffix(text, " !")
		words := strings.Fields(text)
		step.Goroutine, step.Line = int(words[0][0]-'0'), number(words[1])
		step.Operation, step.Object = words[2], strings.Join(words[3:], " ")
		test.Trace = append(test.Trace, step)
	}
	return planned(test, func(step explored.Step, inside bool) (*statement, ProblemKind) {
		return s.at(step.Line, step.Column, inside), Deferred
	})
}

func number(text string) (n int) {
	for _, c := range text {
		n = 10*n + int(c-'0')
	}
	return n
}

// table is the turns of each place, as text.
func table(p plan) string { return script{plan: p}.table() }

func TestAGoroutineWaitsWhereAnotherTakesOver(t *testing.T) {
	p := plannedOf(t, explored.Test{}, "1 9 atomic n", "2 9 atomic n !", "2 10 atomic n", "2 10 atomic m", "1 10 atomic n", "1 10 atomic m")
	assert.Empty(t, p.problems)
	// Goroutine 1 comes to line 10 before goroutine 2 does, and waits for the last turn.
	assert.Equal(t, "\t\t\t\"p.go:9\": {0, 1},\n\t\t\t\"p.go:10\": {2},\n", table(p))
}

func TestTheMiddleOfALineIsAProblem(t *testing.T) {
	p := plannedOf(t, explored.Test{}, "1 9 atomic n", "1 10 atomic n", "2 9 atomic n !", "1 10 atomic m")
	assert.Equal(t, []Problem{{Middle, "p/p.go", 10}}, p.problems)
	assert.Equal(t, "\t\t\t\"p.go:9\": {0, 1},\n", table(p))
}

func TestALoopsConditionIsTheMiddleOfTheLoop(t *testing.T) {
	p := plannedOf(t, explored.Test{}, "1 15 atomic n", "1 16 atomic m", "2 9 atomic n !", "1 15 atomic n")
	assert.Equal(t, []Problem{{Middle, "p/p.go", 15}}, p.problems)
}

func TestAnAssignmentIsDivided(t *testing.T) {
	p := plannedOf(t, explored.Test{}, "1 11 read plain", "2 11 read plain !", "2 11 write plain", "1 11 write plain")
	assert.Empty(t, p.problems)
	assert.Equal(t, "\t\t\t\"p.go:11\": {0, 1},\n\t\t\t\"p.go:11 assigns\": {2},\n", table(p))
}

// A goroutine that is woken, when the one before has nothing left to do, needs no turn.
func TestWhatComesByItselfHasNoTurn(t *testing.T) {
	test := explored.Test{Trace: []explored.Step{
		{Goroutine: 1, File: "p/p.go", Line: 9, Operation: "atomic", Object: "n", Wakes: []int{2}},
		{Goroutine: 2, File: "p/p.go", Line: 10, Operation: "atomic", Object: "m", Waited: true},
	}}
	assert.Empty(t, plannedOf(t, test).turns)
	test.Trace[1].Switch = true
	assert.Len(t, plannedOf(t, test).turns, 1, "the one before could have gone on")
}

// A goroutine that ends up waiting must not come to what it waits for too early.
func TestAGoroutineThatWaitsInTheEndIsHeldBack(t *testing.T) {
	test := explored.Test{Waiting: []explored.Waiting{{Goroutine: 1, Operation: "lock", File: "p/p.go", Line: 10}, {Goroutine: 2, Operation: "lock", File: "p/p.go", Line: 11}}}
	p := plannedOf(t, test, "1 9 atomic n", "2 9 atomic n !")
	assert.Equal(t, "\t\t\t\"p.go:9\": {0, 1},\n\t\t\t\"p.go:10\": {2},\n", table(p))
	assert.Equal(t, []mode{byTime, inBubble}, p.modes(), "a bubble does not notice a goroutine that waits for a lock")
}

func TestTimeThatPassesIsPartOfATurn(t *testing.T) {
	test := explored.Test{Trace: []explored.Step{
		{Goroutine: 1, File: "p/p.go", Line: 9, Operation: "atomic", Object: "n"},
		{Goroutine: -1, Operation: "time passes", Slip: "1.5ms"},
		{Goroutine: 2, File: "p/p.go", Line: 10, Operation: "atomic", Object: "m"},
	}}
	p := plannedOf(t, test)
	require.Len(t, p.turns, 1)
	assert.Equal(t, 1500*time.Microsecond, p.turns[0].pause)
	assert.Contains(t, script{plan: p}.text(), "1: 1500 * time.Microsecond,")
}

// The diff is what turns the one file into the other, as git reads it.
func TestTheDiffApplies(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("no git")
	}
	s := counterSource(t)
	spots := []spot{{s.at(9, 0, false), before}, {s.at(11, 0, false), before}, {s.at(11, 0, false), middle}, {s.at(18, 40, false), middle}, {s.at(18, 52, false), before}, {s.at(18, 52, false), after}}
	for _, text := range []string{counter, strings.TrimSuffix(counter, "\n")} {
		s.lines = strings.SplitAfter(text, "\n")
		pieces := split(s.lines, hooks(s, spots, "m/turns"))
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "p.go"), []byte(text), 0o600))
		apply := func(args ...string) {
			c := exec.Command(git, append([]string{"apply", "--whitespace=nowarn"}, args...)...)
			c.Dir, c.Stdin = dir, strings.NewReader("# a comment\n"+diff("p.go", pieces)+added("new.txt", "one\ntwo\n"))
			out, err := c.CombinedOutput()
			require.NoError(t, err, string(out)+diff("p.go", pieces))
		}
		apply()
		got, err := os.ReadFile(filepath.Join(dir, "p.go"))
		require.NoError(t, err)
		assert.Equal(t, changed(pieces), string(got))
		for _, want := range []string{
			"\tturns.Wait(\"p.go:9\")\n\tn.Add(1)\n",
			"\tturns.Wait(\"p.go:11\")\n\t{\n\t\tvalue := plain + 1\n\t\tturns.Wait(\"p.go:11 assigns\")\n\t\tplain = value\n\t}\n",
			`func() { { value := plain + (2); turns.Wait("p.go:18:40 assigns"); plain = value }; turns.Wait("p.go:18:52"); n.Add(1); turns.Started() }`,
		} {
			assert.Contains(t, string(got), want)
		}
		apply("-R")
		got, err = os.ReadFile(filepath.Join(dir, "p.go"))
		require.NoError(t, err)
		assert.Equal(t, text, string(got))
		assert.NoFileExists(t, filepath.Join(dir, "new.txt"))
	}
}

// What is evaluated twice must not do anything.
func TestOnlyPlainAssignmentsAreDivided(t *testing.T) {
	s, err := parse("p.go", []byte("package p\nfunc f() {\nx := 1\nm[f()]++\n*<-c = 1\na, b = 1, 2\nm[x] = f(\n1)\nm[x] <<= 1 + x\n}\n"))
	require.NoError(t, err)
	for line := 3; line <= 7; line++ {
		_, _, ok := s.at(line, 0, false).halves()
		assert.False(t, ok, line)
	}
	left, right, ok := s.at(9, 0, false).halves()
	assert.True(t, ok)
	assert.Equal(t, "m[x] = m[x] << (1 + x)", left+" = "+right)
}

// What a run prints has the lines of the patched file.
func TestLinesAreThoseOfThePatchedFile(t *testing.T) {
	s := counterSource(t)
	files := []file{{name: s.name, changes: hooks(s, []spot{{s.at(9, 0, false), before}, {s.at(11, 0, false), middle}}, "m/turns")}}
	assert.Equal(t, 3, moved(files, "p.go", 3))
	assert.Equal(t, 12, moved(files, "p.go", 9), "two lines of import and one call")
	assert.Equal(t, 9, moved(files, "q.go", 9))
	for line, want := range map[int]bool{13: false, 14: true, 18: true, 19: false} {
		assert.Equal(t, want, mentions(fmt.Sprintf("at /m/p/p.go:%d +0x2", line), files, "../p/p.go", 11), line)
	}
	assert.False(t, mentions("p.go:140", files, "p.go", 11))
}

// A goroutine that cannot be held back comes to the next place before the others do.
func TestWhatIsNotForcedHappensEarly(t *testing.T) {
	s := counterSource(t)
	steps := []explored.Step{
		{Goroutine: 2, File: "p.go", Line: 9, Operation: "atomic"},
		{Goroutine: 1, File: "p.go", Line: 9, Operation: "atomic", Switch: true},
		{Goroutine: 1, File: "p.go", Line: 10, Operation: "atomic"},
		{Goroutine: 2, File: "p.go", Line: 12, Operation: "unlock", Switch: true}, // deferred
		{Goroutine: 2, File: "p.go", Line: 10, Operation: "atomic"},
	}
	p := planned(explored.Test{Trace: steps}, func(step explored.Step, _ bool) (*statement, ProblemKind) {
		return s.at(step.Line, step.Column, false), Deferred
	})
	assert.Equal(t, "\t\t\t\"p.go:9\": {0, 1},\n\t\t\t\"p.go:10\": {2},\n", table(p))
}

// An operation that waits, and then goes on, is one.
func TestWaitingIsOneExecution(t *testing.T) {
	test := explored.Test{Trace: []explored.Step{
		{Goroutine: 1, File: "p.go", Line: 9, Operation: "lock"},
		{Goroutine: 2, File: "p.go", Line: 10, Operation: "unlock", Wakes: []int{1}},
		{Goroutine: 2, File: "p.go", Line: 11, Operation: "lock"},
		{Goroutine: 1, File: "p.go", Line: 9, Operation: "lock", Waited: true, Switch: true},
		{Goroutine: 1, File: "p.go", Line: 10, Operation: "unlock"},
		{Goroutine: 2, File: "p.go", Line: 9, Operation: "lock", Switch: true},
	}}
	p := plannedOf(t, test)
	assert.True(t, p.locks)
	assert.Empty(t, p.problems)
	assert.Equal(t, "\t\t\t\"p.go:10\": {1, 2},\n\t\t\t\"p.go:9\": {0, 3},\n", table(p))
}

// If a goroutine is not held back at all, it comes early to where it waits later on.
func TestWhatIsNeverForcedHappensEarly(t *testing.T) {
	s := counterSource(t)
	steps := []explored.Step{
		{Goroutine: 2, File: "p.go", Line: 9, Operation: "atomic"},
		{Goroutine: 1, File: "p.go", Line: 9, Operation: "atomic", Switch: true},
		{Goroutine: 2, File: "p.go", Line: 12, Operation: "unlock", Switch: true}, // deferred
		{Goroutine: 1, File: "p.go", Line: 10, Operation: "atomic", Switch: true},
		{Goroutine: 2, File: "p.go", Line: 10, Operation: "atomic", Switch: true},
	}
	p := planned(explored.Test{Trace: steps}, func(step explored.Step, _ bool) (*statement, ProblemKind) {
		return s.at(step.Line, step.Column, false), Deferred
	})
	assert.Equal(t, "\t\t\t\"p.go:9\": {0, 1},\n\t\t\t\"p.go:10\": {3, 2},\n", table(p))
}
