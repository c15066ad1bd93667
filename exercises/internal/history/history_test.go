package history_test

import (
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/internal/history"
)

// The model in these tests is a number: add adds one to it, read returns it, and take
// waits until it is positive.
func adds(before any) []history.Outcome { return []history.Outcome{{After: before.(int) + 1}} }

func reads(before any) []history.Outcome {
	return []history.Outcome{{Out: before, After: before}}
}

func takes(before any) []history.Outcome {
	if before.(int) == 0 {
		return nil
	}
	return []history.Outcome{{After: before.(int) - 1}}
}

func call(name string, steps ...history.Step) *history.Call {
	return &history.Call{Name: name, Steps: steps}
}

// whole records calls made one after the other, with their results.
func whole(c *history.Call, out any) {
	c.Begin()
	c.End(out)
}

func TestLostUpdate(t *testing.T) {
	a, b, c := call("Add()", adds), call("Add()", adds), call("Read()", reads)
	a.Begin()
	b.Begin()
	a.End(nil)
	b.End(nil)
	whole(c, 1)
	p := history.Program{Initial: 0, Parties: [][]*history.Call{{a}, {b}}, Last: []*history.Call{c}}
	assert.Equal(t, `No order of these 3 calls explains that Read() returned 1; expected 2.

  caller A    caller B
  Add() …
              Add() …
  … returned
              … returned
  Read() = 1`, p.Judge())
}

// Overlapping calls may have happened in any order; others only in the order they were made.
func TestOrder(t *testing.T) {
	for out, want := range map[int]bool{0: true, 1: true, 2: false} {
		a, b := call("Add()", adds), call("Read()", reads)
		a.Begin()
		whole(b, out)
		a.End(nil)
		p := history.Program{Initial: 0, Parties: [][]*history.Call{{a}, {b}}}
		assert.Equal(t, want, p.Judge() == "", out)
	}
	a, b := call("Add()", adds), call("Read()", reads)
	whole(a, nil)
	whole(b, 0)
	p := history.Program{Initial: 0, Parties: [][]*history.Call{{a}, {b}}}
	assert.Contains(t, p.Judge(), "Read() returned 0; expected 1")
}

// The oldest call that no order explains is reported, even if later ones cannot be
// explained either.
func TestFirstIsNamed(t *testing.T) {
	a, b, c := call("Add()", adds), call("Early()", reads), call("Late()", reads)
	whole(a, nil)
	whole(b, 7)
	whole(c, 8)
	p := history.Program{Initial: 0, Parties: [][]*history.Call{{a, b, c}}}
	assert.Contains(t, p.Judge(), "Early() returned 7; expected 1")

	b, c = call("Early()", reads), call("Late()", reads)
	c.Begin()
	whole(b, 0)
	c.End(8)
	p = history.Program{Initial: 0, Parties: [][]*history.Call{{b}, {c}}}
	assert.Contains(t, p.Judge(), "Late() returned 8; expected 0", "when the early call returned, the late one could still have had any result")
}

// A call that still has to wait must not lead to the wrong call
// being reported.
func TestWaitingIsNotNamed(t *testing.T) {
	take, read, add := call("Take()", takes), call("Read()", reads), call("Add()", adds)
	take.Begin()
	whole(read, 5)
	whole(add, nil)
	take.End(nil)
	p := history.Program{Initial: 0, Parties: [][]*history.Call{{take}, {read, add}}}
	assert.Contains(t, p.Judge(), "Read() returned 5; expected 0")
}

// A silent call is a single line of the table if nothing happens during its steps.
func TestSilentCallIsOneLine(t *testing.T) {
	a, b := call("AddTwo()", adds, adds), call("Read()", reads)
	a.Silent = true
	whole(a, nil)
	whole(b, 3)
	p := history.Program{Initial: 0, Parties: [][]*history.Call{{a, b}}}
	assert.Contains(t, p.Judge(), "\n  AddTwo()\n")
}

// A call with two moments does what its steps say, one at each.
func TestMoments(t *testing.T) {
	for out, want := range map[int]bool{2: false, 3: false, 4: true} {
		a, b := call("Count()", reads, adds), call("Read()", reads)
		a.Begin()
		a.Next(3)
		whole(b, 3)
		a.Begin()
		a.End(nil)
		c := call("Read()", reads)
		whole(c, out)
		p := history.Program{Initial: 3, Parties: [][]*history.Call{{a}, {b, c}}}
		assert.Equal(t, want, p.Judge() == "", out)
	}
	a := call("Count()", reads, adds)
	whole(a, 3)
	p := history.Program{Initial: 3, Parties: [][]*history.Call{{a}}}
	assert.NotEmpty(t, p.Judge(), "it ended at a moment at which it must continue")
}

func doubles(before any) []history.Outcome { return []history.Outcome{{After: 2 * before.(int)}} }

// The steps of a silent call happen in order, and others may come in between.
func TestSilent(t *testing.T) {
	for out, want := range map[int]bool{2: false, 3: false, 4: true} {
		a, b := call("AddAndDouble()", adds, doubles), call("Read()", reads)
		a.Silent = true
		whole(a, nil)
		whole(b, out)
		p := history.Program{Initial: 1, Parties: [][]*history.Call{{a, b}}}
		assert.Equal(t, want, p.Judge() == "", out)
	}
	for out, want := range map[int]bool{0: true, 1: true, 2: true, 3: false} {
		a, b := call("AddTwo()", adds, adds), call("Read()", reads)
		a.Silent = true
		a.Begin()
		whole(b, out)
		a.End(nil)
		p := history.Program{Initial: 0, Parties: [][]*history.Call{{a}, {b}}}
		assert.Equal(t, want, p.Judge() == "", out)
	}
}

func TestHandedOutIsNotWrittenTo(t *testing.T) {
	list := []int{1}
	c := call("List()", func(any) []history.Outcome { return []history.Outcome{{Out: []int{1}, After: 0}} })
	whole(c, list)
	p := history.Program{Initial: 0, Parties: [][]*history.Call{{c}}}
	assert.Empty(t, p.Judge())
	list[0] = 2
	assert.Equal(t, "List() returned [1], which later changed to [2]: something still writes to the returned value.", p.Judge())
}

// Programs in which a call may wait forever are recognised.
func TestEnds(t *testing.T) {
	take, add, both := call("Take()", takes), call("Add()", adds), call("TakeAndAdd()", takes, adds)
	may := call("Read()", reads)
	may.MayWait = func(before any) bool { return before.(int) == 0 }
	type calls = []*history.Call
	for name, c := range map[string]struct {
		history.Program
		want bool
	}{
		"enough":                   {history.Program{Initial: 1, Parties: []calls{{take}, {add}}}, true},
		"another call brings it":   {history.Program{Initial: 0, Parties: []calls{{take}, {add}}}, true},
		"no call brings it":        {history.Program{Initial: 0, Parties: []calls{{take}, {call("Read()", reads)}}}, false},
		"two calls want one":       {history.Program{Initial: 1, Parties: []calls{{take}, {call("Take()", takes)}}}, false},
		"before":                   {history.Program{Initial: 0, Before: calls{take}, Parties: []calls{{add}}}, false},
		"last":                     {history.Program{Initial: 0, Parties: []calls{{add}}, Last: calls{take}}, true},
		"last, and there is none":  {history.Program{Initial: 0, Parties: []calls{{may}}, Last: calls{take}}, false},
		"held with what it took":   {history.Program{Initial: 1, Held: both, Parties: []calls{{both}, {take}}}, false},
		"held, and no other wants": {history.Program{Initial: 1, Held: both, Parties: []calls{{both}, {add}}}, true},
		"held, before its effect":  {history.Program{Initial: 0, Held: add, Parties: []calls{{add}, {take}}}, false},
		"may wait":                 {history.Program{Initial: 0, Parties: []calls{{may}}}, false},
		"may wait, but not long":   {history.Program{Initial: 0, Parties: []calls{{may}, {add}}}, true},
	} {
		assert.Equal(t, c.want, c.Ends(), name)
	}
}

// TestRacy has a race between two calls with a tick in between. It is for
// TestTicksHideNoRace.
func TestRacy(t *testing.T) {
	if os.Getenv("HISTORY_RACY") == "" {
		t.Skip("for TestTicksHideNoRace")
	}
	n := 0
	var group sync.WaitGroup
	group.Go(func() { n++; history.Tick() })
	group.Go(func() { time.Sleep(100 * time.Millisecond); history.Tick(); n++ })
	group.Wait()
}

func TestTicksHideNoRace(t *testing.T) {
	cmd := exec.Command("go", "test", "-race", "-count=1", "-run=^TestRacy$", ".")
	cmd.Env = append(os.Environ(), "HISTORY_RACY=1")
	out, err := cmd.CombinedOutput()
	require.Error(t, err, "%s", out)
	assert.Contains(t, string(out), "DATA RACE")
}
