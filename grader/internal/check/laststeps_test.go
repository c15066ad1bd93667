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
