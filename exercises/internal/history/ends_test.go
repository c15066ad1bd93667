package history_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/internal/history"
)

// A call that may wait must not be made while no other goroutine is running, even if
// it may also continue: it could wait forever.
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
