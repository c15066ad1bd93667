package check

import (
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

// A goroutine goes on at a line that the picture shows, unless it shows none.
func TestWentOn(t *testing.T) {
	read := explored.Step{Goroutine: 1, Operation: "read", Object: "p.network", File: "a.go", Line: 58, Plain: true}
	store := explored.Step{Goroutine: 1, Operation: "atomic", Object: "p.host", File: "a.go", Line: 71}
	trace := []explored.Step{
		{Operation: "atomic", Object: "p.host", File: "a.go", Line: 46}, {Goroutine: 1, Operation: "start", File: "a_test.go", Line: 37, Switch: true}, read, store,
		{Operation: "atomic", Object: "p.port", File: "a.go", Line: 50}, {Goroutine: 1, Operation: "atomic", Object: "p.tls", File: "a.go", Line: 72},
	}
	own := func(s explored.Step) bool { return s.File == "a.go" }
	got, ok := wentOn(trace, 1, own)
	assert.True(t, ok)
	assert.Equal(t, store, got)
	got, ok = wentOn(trace[:3], 1, own)
	assert.True(t, ok)
	assert.Equal(t, read, got)
	_, ok = wentOn(trace[:2], 1, own)
	assert.False(t, ok)
}
