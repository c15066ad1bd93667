package history_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/internal/history"
)

// A call that may wait is not to be made while nobody else does anything, even if
// it may also go on: its caller could wait for good.
func TestEndsOfACallThatMayWait(t *testing.T) {
	open := &history.Call{Name: "Open()", Steps: []history.Step{goTo("open")}}
	pass := &history.Call{Name: "Pass()", Steps: []history.Step{goTo("passed")},
		MayWait: func(before any) bool { return before == "closed" }}
	for _, c := range []struct {
		initial string
		program history.Program
		ends    bool
	}{
		{"open", history.Program{Before: []*history.Call{pass}}, true},
		{"closed", history.Program{Before: []*history.Call{pass}}, false},
		{"closed", history.Program{Last: []*history.Call{pass}}, false},
		{"closed", history.Program{Parties: [][]*history.Call{{pass}}}, false},
		{"closed", history.Program{Parties: [][]*history.Call{{pass}, {open}}}, true},
		{"closed", history.Program{Before: []*history.Call{open, pass}}, true},
	} {
		c.program.Initial = c.initial
		assert.Equal(t, c.ends, c.program.Ends(), "%+v", c)
	}
}

func goTo(state string) history.Step {
	return func(any) []history.Outcome { return []history.Outcome{{After: state}} }
}
