package explore

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/diagnose"
	"heisenkata/grader/internal/explored"
)

// Two objects never share a name, and one keeps its name wherever it is seen.
func TestNamesOfObjects(t *testing.T) {
	field := func(id int, texts ...string) *object {
		o := &object{id: id, first: sight{texts[0], "account", "mu"}, texts: map[string]bool{}}
		for _, text := range texts {
			o.texts[text] = true
		}
		return o
	}
	local := func(id int, text string) *object {
		return &object{id: id, first: sight{text: text}, texts: map[string]bool{text: true}}
	}
	for name, c := range map[string]struct {
		all  []*object
		want map[int]string
	}{
		"one":                    {[]*object{field(3, "a.mu", "b.mu")}, map[int]string{3: "a.mu"}},
		"told apart by the code": {[]*object{field(3, "from.mu"), field(5, "to.mu")}, map[int]string{3: "from.mu", 5: "to.mu"}},
		"called the same":        {[]*object{field(3, "a.mu"), field(5, "a.mu")}, map[int]string{3: "account#1.mu", 5: "account#2.mu"}},
		"called crosswise":       {[]*object{field(3, "a.mu", "b.mu"), field(5, "b.mu", "a.mu")}, map[int]string{3: "account#1.mu", 5: "account#2.mu"}},
		"locals":                 {[]*object{local(1, "mu"), local(2, "mu"), local(4, "other")}, map[int]string{1: "mu#1", 2: "mu#2", 4: "other"}},
		"of an array":            {[]*object{local(1, "forks[i]"), local(2, "forks[i]")}, map[int]string{1: "forks#1", 2: "forks#2"}},
		"asserted":               {[]*object{local(1, "pair.(*sync.Mutex)"), local(2, "pair.(*sync.Mutex)")}, map[int]string{1: "pair#1", 2: "pair#2"}},
		"of two types":           {[]*object{field(1, "x.mu"), {id: 2, first: sight{"x.mu", "queue", "mu"}, texts: map[string]bool{"x.mu": true}}}, map[int]string{1: "x.mu", 2: "x.mu#2"}},
		"embedded":               {[]*object{{id: 1, first: sight{"a", "account", ""}, texts: map[string]bool{"a": true}}, {id: 2, first: sight{"a", "account", ""}, texts: map[string]bool{"a": true}}}, map[int]string{1: "account#1", 2: "account#2"}},
	} {
		assert.Equal(t, c.want, namesOf(c.all), name)
	}
}

// A race is on what both lines name; where a line has more of that name, it is not
// known which.
func TestSharedObjects(t *testing.T) {
	for _, c := range []struct {
		a, b          []string
		first, second string
	}{
		{[]string{"c.total"}, []string{"c.classes", "c.total"}, "c.total", "c.total"},
		{[]string{"a.balance"}, []string{"x", "to.balance"}, "a.balance", "to.balance"},
		{[]string{"b.balance"}, []string{"a.balance", "b.balance"}, "b.balance", ""},
		{[]string{"q.items"}, []string{"q.items", "q.items[0]"}, "q.items", "q.items"},
		{[]string{"err"}, []string{"*p"}, "err", "*p"},
		{[]string{"err"}, []string{"x", "y"}, "err", ""},
		{nil, nil, "", ""},
	} {
		first, second := shared(c.a, c.b)
		assert.Equal(t, []string{c.first, c.second}, []string{first, second}, "%v %v", c.a, c.b)
	}
}

// The accesses of a race are found in the trace, each the half of its line that it
// is, or else added where they must have been.
func TestPlaced(t *testing.T) {
	step := func(g int, operation string, line int) explored.Step {
		return explored.Step{Goroutine: g, Operation: operation, Object: "c.n", File: "c.go", Line: line}
	}
	access := func(g, operation string, line int) explored.Access {
		return explored.Access{Goroutine: g, Operation: operation, Object: "c.n", File: "c.go", Line: line}
	}
	trace := []explored.Step{step(0, "go", 1), step(1, "read", 9), step(1, "write", 9), step(2, "read", 9), step(2, "write", 9)}
	steps := func(later, earlier explored.Access, raced int) ([]int, []explored.Step) {
		races := []explored.Access{later, earlier}
		got := placed(races, append([]explored.Step{}, trace...), raced)
		return []int{races[0].Step, races[1].Step}, got
	}
	at, got := steps(access("g2", "read", 9), access("g1", "write", 9), 4)
	assert.Equal(t, []int{4, 3}, at)
	assert.Equal(t, trace, got)

	at, got = steps(access("g2", "write", 12), access("g1", "write", 9), 4)
	assert.Equal(t, []int{5, 3}, at, "the later access is added behind the step that led to it")
	assert.Equal(t, explored.Step{Goroutine: 2, Operation: "write", Object: "c.n", File: "c.go", Line: 12, Plain: true}, got[4])

	at, got = steps(access("g2", "write", 9), access("g1", "read", 20), 5)
	assert.Equal(t, []int{6, 4}, at, "and so is the earlier one")
	assert.Equal(t, 20, got[3].Line)

	at, _ = steps(access("goroutine 9", "write", 9), access("g1", "read", 9), 5)
	assert.Equal(t, []int{0, 0}, at, "a goroutine that is not known")
	at, _ = steps(access("g2", "write", 9), access("g1", "read", 9), 0)
	assert.Equal(t, []int{0, 0}, at, "it is not known when")
}

// A WaitGroup's Add and Wait are a race's sides only together: the runtime makes
// such accesses for others too.
func TestOperationOfAWaitGroup(t *testing.T) {
	side := func(kind, top string) diagnose.Access {
		return diagnose.Access{Kind: kind, Frames: []diagnose.Frame{{Function: top}}}
	}
	wait, add, plain := side("write", "runtime.racewrite()"), side("read", "runtime.raceread()"), side("write", "x.F()")
	for _, c := range []struct {
		sides []diagnose.Access
		want  []string
	}{
		{[]diagnose.Access{wait, add}, []string{explored.WaitGroupWait, explored.WaitGroupAdd}},
		{[]diagnose.Access{add, wait}, []string{explored.WaitGroupAdd, explored.WaitGroupWait}},
		{[]diagnose.Access{add, plain}, []string{"read", "write"}},
		{[]diagnose.Access{add, add}, []string{"read", "read"}},
		{[]diagnose.Access{add, {Kind: "write"}}, []string{"read", "write"}},
	} {
		assert.Equal(t, c.want, []string{operationOf(c.sides, 0), operationOf(c.sides, 1)})
	}
}

// A channel that a method returns is called by its field, if some place does so.
func TestFieldsRatherThanCalls(t *testing.T) {
	out := &object{id: 1, texts: map[string]bool{}}
	for _, s := range []sight{{text: "a.Out()"}, {text: "c.output", owner: "C", field: "output"}, {text: "b.output", owner: "C", field: "output"}} {
		out.call(s)
	}
	done := &object{id: 2, texts: map[string]bool{}}
	done.call(sight{text: "ctx.Done()"})
	assert.Equal(t, map[int]string{1: "c.output", 2: "ctx.Done()"}, namesOf([]*object{out, done}))
}
