package check

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/explored"
)

func TestLastSteps(t *testing.T) {
	step := func(goroutine, line int, plain bool) explored.Step {
		return explored.Step{Goroutine: goroutine, Line: line, Plain: plain}
	}
	trace := []explored.Step{
		step(0, 1, false), step(1, 2, false), step(2, 3, true), step(3, 4, true), step(1, 5, false), step(0, 6, true), step(0, 7, false), step(0, 8, true),
	}
	all := func(explored.Step) bool { return true }
	assert.Equal(t, []explored.Step{step(0, 7, false), step(1, 5, false), step(3, 4, true)}, lastSteps(trace, all))
	assert.Equal(t, []explored.Step{step(0, 1, false), step(2, 3, true)}, lastSteps(trace[:3], func(s explored.Step) bool { return s.Goroutine != 1 }))
}

// A preempted goroutine goes on at a line that the picture shows, unless it shows none. If it does
// not go on, or goes on in the same line, the line of the other one is named.
func TestWentOn(t *testing.T) {
	read := explored.Step{Goroutine: 1, Operation: "read", Object: "p.network", File: "a.go", Line: 58, Plain: true}
	store := explored.Step{Goroutine: 1, Operation: "atomic", Object: "p.host", File: "a.go", Line: 71}
	port := explored.Step{Operation: "atomic", Object: "p.port", File: "a.go", Line: 50}
	same := explored.Step{Operation: "atomic", Object: "p.host", File: "a.go", Line: 46}
	left := []explored.Step{same, {Goroutine: 1, Operation: "start", File: "a_test.go", Line: 37, Switch: true}}
	own := func(s explored.Step) bool { return s.File == "a.go" }
	for _, c := range []struct {
		then []explored.Step
		want explored.Step
	}{
		{[]explored.Step{read, store, port}, port},
		{[]explored.Step{read, store, same}, store},
		{[]explored.Step{read, store}, store},
		{[]explored.Step{read}, read},
	} {
		got, ok := wentOn(slices.Concat(left, c.then), 1, own)
		assert.True(t, ok)
		assert.Equal(t, c.want, got, "%v", c.then)
	}
	_, ok := wentOn(left, 1, own)
	assert.False(t, ok)
}

func TestMeaningOfALeak(t *testing.T) {
	one := explored.Test{Verdict: explored.Leak, Trace: []explored.Step{{Starts: 1}}, Waiting: make([]explored.Waiting, 1)}
	assert.Equal(t, "This goroutine is left behind forever even if no goroutine is preempted.", meaning(one))
	several := one
	several.Waiting = make([]explored.Waiting, 2)
	assert.Equal(t, "These goroutines are left behind forever even if no goroutine is preempted.", meaning(several))
	several.Trace = append(several.Trace, explored.Step{Goroutine: 1, Switch: true})
	assert.Equal(t, "Your code allows an interleaving that leaves these goroutines behind forever.", meaning(several))
}
