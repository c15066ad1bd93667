package explore

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore/rt/wire"
	"heisenkata/grader/internal/explored"
)

// endlessLoops reads which loops of testdata/endless keep which test from its end.
func endlessLoops(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "endless", "endless_test.go"))
	require.NoError(t, err)
	loops := map[string][]string{}
	for i, line := range strings.Split(string(text), "\n") {
		if _, test, ok := strings.Cut(line, "// endless: "); ok {
			loops[test] = append(loops[test], fmt.Sprintf("endless_test.go:%d", i+1))
		}
	}
	return loops
}

// A test that does not end is told by the loop that it is in, however it goes
// round; one that waits is a deadlock, and one that ends passes.
func TestEndlessLoops(t *testing.T) {
	s := prepared(t, "endless", ".", Options{Budget: Budget{Schedules: 20, Time: time.Minute, Steps: 20_000, Step: 500 * time.Millisecond}})
	want := endlessLoops(t)
	for _, name := range s.targets[0].tests {
		t.Run(name, func(t *testing.T) {
			got, err := s.One(t.Context(), name)
			require.NoError(t, err)
			assertPlaces(t, got)
			switch loops := want[name]; {
			case len(loops) > 0:
				assert.Equal(t, explored.Running, got.Verdict, got.Summary)
				assert.Empty(t, got.Schedule, "it would never end")
				assertLoops(t, got, loops)
			case name == "TestDeadlocks":
				assert.Equal(t, explored.Deadlock, got.Verdict)
				assert.NotEmpty(t, got.Schedule)
			default:
				assert.Equal(t, explored.Pass, got.Verdict, got.Summary)
			}
		})
	}
}

func assertLoops(t *testing.T, got explored.Test, loops []string) {
	t.Helper()
	assert.Regexp(t, `^it has not ended after (20000 steps|500ms of processor time without a step): `, got.Summary)
	if len(loops) == 1 {
		assert.Contains(t, got.Summary, ": it loops at "+loops[0])
	}
	for _, l := range loops {
		assert.Contains(t, got.Summary, l)
	}
}

// assertPlaces holds that whatever a test names has a file and a line.
func assertPlaces(t *testing.T, got explored.Test) {
	t.Helper()
	for _, w := range got.Waiting {
		assert.NotEmpty(t, w.File, w)
		assert.Positive(t, w.Line, w)
	}
	for _, l := range got.Loops {
		assert.NotEmpty(t, l.File, l)
		assert.Positive(t, l.Line, l)
	}
}

// The loop is the one that holds all that the stacks do not have in common.
func TestLoopOfStacks(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.go")
	lines := []string{
		"package a",
		"func f() {",
		"	for {",          // 3
		"		for range 2 {", // 4
		"			g()",
		"		}",
		"		h()",
		"	}",
		"}",
		"func g() {",
		"	for range 2 {", // 11
		"		h()",
		"	}",
		"}",
		"func h() {",
		"	x++",
		"}",
	}
	require.NoError(t, os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	n := &narrator{Session: &Session{packages: []*listed{{Dir: dir}}}}
	at := func(calls ...any) (stack []wire.Frame) {
		for i := 0; i < len(calls); i += 2 {
			stack = append(stack, wire.Frame{Func: calls[i].(string), File: file, Line: calls[i+1].(int)})
		}
		return append(stack, wire.Frame{Func: "testing.tRunner", File: "/usr/lib/go/testing.go", Line: 1})
	}
	for name, c := range map[string]struct {
		stacks [][]wire.Frame
		want   int // 0: there is none
	}{
		"one place, in the innermost loop":   {[][]wire.Frame{at("f", 5)}, 4},
		"in a function without one":          {[][]wire.Frame{at("h", 16, "f", 7)}, 3},
		"in a loop of a function":            {[][]wire.Frame{at("h", 16, "g", 12, "f", 5), at("g", 11, "f", 5)}, 11},
		"in and beside the loop within":      {[][]wire.Frame{at("f", 5), at("f", 7)}, 3},
		"in a call from the loop within too": {[][]wire.Frame{at("h", 16, "g", 12, "f", 5), at("h", 16, "f", 7)}, 3},
		"in no loop":                         {[][]wire.Frame{at("h", 16)}, 0},
	} {
		got, loop, ok := n.loop(c.stacks)
		assert.True(t, ok, name)
		assert.Equal(t, c.want > 0, loop, name)
		if loop {
			assert.Equal(t, c.want, got.Line, name)
		} else {
			assert.Equal(t, c.stacks[0][0].Line, got.Line, name)
		}
	}
	around, within := wire.Loop{G: 1, Stacks: [][]wire.Frame{at("f", 5)}}, wire.Loop{G: 2, Stacks: [][]wire.Frame{at("h", 16)}}
	n.lines = map[string][]string{}
	assert.Equal(t, 4, n.loops([]wire.Loop{within, around})[0].Line)
	assert.Len(t, n.loops([]wire.Loop{within, around}), 1, "what is called in a loop is in none")
	assert.Len(t, n.loops([]wire.Loop{within}), 1)
	_, _, ok := n.loop([][]wire.Frame{{{Func: "testing.tRunner", File: "/usr/lib/go/testing.go", Line: 1}}})
	assert.False(t, ok, "it is not theirs")
}

// A race in a schedule that does not end still is a race if most others do:
// it has no schedule to run again.
func TestRaceThatDoesNotEnd(t *testing.T) {
	endless := &wire.Finding{Kind: wire.Running, Text: "the schedule has not ended after so many steps"}
	o := wire.Outcome{Kind: wire.Race, Exhausted: -1, Finding: &wire.Finding{Kind: wire.Race, Other: endless}}
	got := (&Session{}).told(&target{}, "TestX", o)
	assert.Equal(t, explored.Race, got.Verdict)
	assert.Empty(t, got.Schedule)
	assert.Empty(t, got.Story)
}
