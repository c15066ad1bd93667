package history_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/internal/history"
)

// A counter whose Add says what it was: if Add says what it was before another Add, and adds
// after it, Read in between shows that.
func TestTells(t *testing.T) {
	add := func() *history.Call {
		return &history.Call{Name: "Add()", Steps: []history.Step{func(before any) []history.Outcome {
			return []history.Outcome{{Out: before, After: before.(int) + 1}}
		}}}
	}
	read := func() *history.Call {
		return &history.Call{Name: "Read()", Steps: []history.Step{func(before any) []history.Outcome {
			return []history.Outcome{{Out: before, After: before}}
		}}}
	}
	wait := &history.Call{Name: "Wait()", Steps: []history.Step{func(any) []history.Outcome { return nil }}}
	long := make([]*history.Call, 20)
	for i := range long {
		long[i] = add()
	}
	for name, c := range map[string]struct {
		parties [][]*history.Call
		tells   int
	}{
		"reads have no effect":       {[][]*history.Call{{read()}, {read(), read()}}, 0},
		"each order is one":          {[][]*history.Call{{add()}, {read(), read()}}, 0},
		"added late, and seen":       {[][]*history.Call{{add()}, {add(), read()}}, 4},
		"the other way round":        {[][]*history.Call{{add(), read()}, {add()}}, 4},
		"of three goroutines":        {[][]*history.Call{{add()}, {add()}, {read()}}, 0},
		"too many":                   {[][]*history.Call{{add()}, long}, 0},
		"one that does not return":   {[][]*history.Call{{add()}, {add(), wait}}, 0},
		"a single call each":         {[][]*history.Call{{add()}, {add()}}, 0},
		"no goroutine with one call": {[][]*history.Call{{add(), read()}, {add(), read()}}, 0},
	} {
		p := history.Program{Initial: 0, Parties: c.parties, Last: []*history.Call{read()}}
		assert.Equal(t, c.tells, p.Tells(), name)
	}
}
