package explored

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// lost is a lost update: both read, then both write, and the test fails at the end.
func lost() Test {
	step := func(g int, op string, line int) Step {
		return Step{Goroutine: g, Operation: op, File: "a.go", Line: line, Source: "n++", Object: "n"}
	}
	return Test{
		Name: "TestN", Verdict: Race, Schedules: 3, Schedule: "TestN@1", Summary: "g1 writes n at a.go:5, g2 reads it at a.go:5, and nothing orders the two",
		Trace: []Step{step(1, "memory", 5), step(2, "memory", 5), step(1, "memory", 5), step(2, "memory", 5), {Goroutine: 3, Operation: "memory", File: "a.go", Line: 9, Source: "m = n", Object: "m"}},
		Races: []Access{{Operation: "write", Goroutine: "g1", File: "a.go", Line: 5}, {Operation: "read", Goroutine: "g2", File: "a.go", Line: 5}},
	}
}

// The consequence of a race is reported before the race, and drawn after it.
func TestStory(t *testing.T) {
	t1 := lost()
	assert.NotContains(t, Picture(t1, 100), "m = n", "without a story the picture ends with the race")
	t1.Story = "the test fails: 2 requests were answered, 1 was counted"
	assert.Contains(t, Picture(t1, 100), "m = n")

	r := Report{Packages: []Package{{Package: "a", Dir: ".", Tests: []Test{t1}}}}
	for _, text := range []string{terminal(t, r, Options{Width: 100}), markdown(t, r)} {
		story, race := strings.Index(text, "1 was counted"), strings.Index(text, "nothing orders the two")
		assert.Positive(t, story)
		assert.Less(t, story, race)
	}
}

func TestLoopSentence(t *testing.T) {
	at := func(g, line int) Loop { return Loop{Goroutine: g, File: "x/a.go", Line: line} }
	assert.Equal(t, "an endless loop at a.go:5", Summarise(Test{Verdict: Running, Loops: []Loop{at(1, 5)}}, "too long"))
	assert.Equal(t, "an endless loop at a.go:5", loopSentence([]Loop{at(1, 5), at(2, 5)}, ""))
	assert.Equal(t, "a livelock: g1 loops at a.go:5 and g2 loops at a.go:9, and none of them gets any further", loopSentence([]Loop{at(1, 5), at(2, 9)}, ""))
	assert.Equal(t, "it has not ended after 20 steps: it loops at a.go:5", loopSentence([]Loop{at(1, 5), at(2, 5)}, "20 steps"))
	assert.Equal(t, "it has not ended after 20 steps: g1 loops at a.go:5 and g2 loops at a.go:9", loopSentence([]Loop{at(1, 5), at(2, 9)}, "20 steps"))
	assert.Equal(t, "too long", Summarise(Test{Verdict: Running}, "too long"))
	hung := Test{Verdict: Running, Loops: []Loop{at(1, 5)}, GivenUp: "20 steps", Waiting: []Waiting{{Goroutine: 0, Operation: "receive", Object: "q", File: "x/a.go", Line: 9, HeldBy: -1}}}
	assert.Equal(t, "it has not ended after 20 steps: it loops at a.go:5, while the test waits to receive from q (a.go:9)", Summarise(hung, ""))
	hung.Loops = []Loop{at(0, 5)}
	assert.Equal(t, "it has not ended after 20 steps: it loops at a.go:5", Summarise(hung, ""), "the test itself loops")
}
