package explored

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestValuesInWords(t *testing.T) {
	for want, s := range map[string]Step{
		"reads c.n = 0":         {Operation: "read", Object: "c.n", Value: "0"},
		"writes q.list, len 3":  {Operation: "write", Object: "q.list", Value: "len 3"},
		"reads p":               {Operation: "read", Object: "p", Value: "not nil", Source: "p.next()"},
		"reads p, not nil":      {Operation: "read", Object: "p", Value: "not nil", Source: "if p == nil {"},
		"writes 7":              {Operation: "write", Object: "c.classes[status/100-1]", Value: "7", Source: "c.classes[status/100-1]++"},
		"writes c.a.long.field": {Operation: "write", Object: "c.a.long.field"},
		`reads s = "\x1b[2J"`:   {Operation: "read", Object: "s", Value: `"\x1b[2J"`},
	} {
		assert.Equal(t, want, accessNote(s))
	}
	assert.NotContains(t, accessNote(Step{Operation: "read", Object: "s", Value: "\x1b[2J"}), "\x1b")
}

func TestCompactAccesses(t *testing.T) {
	read, write := access{verb: "reads", object: "c.n", value: "0"}, access{verb: "writes", object: "c.n", value: "1"}
	unknown := access{verb: "writes", object: "c.n"}
	assert.Equal(t, []string{"reads c.n = 0, then writes 1"}, compactAccesses([]access{read, write}))
	assert.Equal(t, []string{"reads and writes c.n"}, compactAccesses([]access{read, unknown}))
	assert.Equal(t, []string{"reads c.n = 0", "writes m"}, compactAccesses([]access{read, read, {verb: "writes", object: "m"}}))
	assert.Equal(t, []string{"writes c.n = 1"}, compactAccesses([]access{write}))
}

// A row of a select says which case was taken, also if it has waited before.
func TestSelectsTellTheirCase(t *testing.T) {
	trace := []Step{
		{Goroutine: 1, Operation: "select", Source: "select {", File: "a.go", Line: 3, Returned: "→ default"},
		{Goroutine: 1, Operation: "select", Source: "select {", File: "a.go", Line: 9},
		{Goroutine: 0, Operation: "close", Object: "done", Source: "close(done)", File: "a.go", Line: 20, Wakes: []int{1}},
		{Goroutine: 1, Operation: "resume", Source: "select {", File: "a.go", Line: 9, Waited: true, Returned: "→ case <-done"},
	}
	var sources []string
	for _, r := range rowsOf(trace) {
		sources = append(sources, r.source)
		assert.Empty(t, r.returned)
	}
	assert.Equal(t, []string{"select { default:", "select {", "close(done)", "select { case <-done:"}, sources)
	assert.Equal(t, "select { case <-done:", rowsOf(append(trace[1:2:2], trace[3]))[0].source, "on the row on which it waits")
}

// What a line has come upon stands behind it if there is room, else below, and where lines
// are few, nowhere. A value that the source shows is not repeated.
func TestValuesStandBesideTheLine(t *testing.T) {
	r := row{source: "if left.Load() <= 0 {", returned: []string{"Load() → 1"}}
	texts := func(columns int) (list []string) {
		for _, s := range r.cell(columns) {
			list = append(list, s.text)
		}
		return list
	}
	assert.Equal(t, []string{"if left.Load() <= 0 {  → 1"}, texts(26))
	assert.Equal(t, []string{"if left.Load() <= 0 {", "  → 1"}, texts(25))
	r.terse = true
	assert.Equal(t, []string{"if left.Load() <= 0 {"}, texts(25))
	r.returned = append(r.returned, "CompareAndSwap() → false")
	assert.Equal(t, "Load() → 1, CompareAndSwap() → false", r.beside())

	r = row{source: "ip, err := n.Resolve(ctx, *p.host.Load())", returned: []string{"Load() → not nil"}}
	assert.Empty(t, r.beside(), "it would read as if err were not nil")
	r.returned = []string{"Load() → 443"}
	assert.Equal(t, "Load() → 443", r.beside())

	r = row{source: "c.done = true"}
	r.come(Step{Operation: "write", Object: "c.done", Value: "true", Source: r.source})
	assert.Empty(t, r.beside())
	r.source = "c.done = c.n > 0"
	r.come(Step{Operation: "read", Object: "c.n", Value: "3", Source: r.source})
	assert.Equal(t, "· c.done = true, c.n = 3", r.beside())
	r.notes = []string{"reads c.n = 3"}
	assert.Equal(t, "· c.done = true", r.beside())
}

// What an object holds is what was last seen of it, until something may have changed it that
// has no value, or another name.
func TestValueAfterAStep(t *testing.T) {
	trace := []Step{
		{Operation: "write", Object: "c.n", Value: "1"},
		{Operation: "read", Object: "c.m"},
		{Operation: "write", Object: "other.n", Value: "2"},
		{Operation: "read", Object: "c.n", Value: "2"},
		{Operation: "atomic", Object: "c.n", Returned: "CompareAndSwap() → false"},
		{Operation: "write", Object: "c.n"},
	}
	want := []string{"1", "1", "", "2", "2", ""}
	for i := range trace {
		assert.Equal(t, want[i], valueAfter(trace, "c.n", i), "step %d", i)
	}
	assert.True(t, onePlace(trace, "c.n"))
	assert.False(t, onePlace([]Step{{Operation: "write", Object: "a.n", Value: "1"}, {Operation: "read", Object: "a.n", Value: "5"}}, "a.n"),
		"two goroutines call different memory the same")
}

// The page tells what is held by each variable that two goroutines touch.
func TestWatchedValues(t *testing.T) {
	step := func(g int, operation, value string) Step {
		return Step{Goroutine: g, Operation: operation, Object: "c.n", Value: value, File: "a.go", Line: 3 + g, Source: "c.n++"}
	}
	test := Test{Name: "TestN", Verdict: Wrong, Trace: []Step{step(1, "read", "0"), step(1, "write", "1"), step(2, "read", "1"), step(2, "write", "2")}}
	scene, ok := SceneOf(test)
	require.True(t, ok)
	var said []string
	for _, m := range scene.Moments {
		for _, c := range m.Changes {
			if c.Of == "c.n" {
				said = append(said, c.Text)
			}
		}
	}
	assert.Equal(t, []string{"1; last written by g1 (a.go:4)", "2; last written by g2 (a.go:5)"}, said)
}
