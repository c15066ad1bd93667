package explored

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

// fork is a tree of one choice between two goroutines, of which g1 has run so far, and the
// ends that the choices come to.
func fork(g1, g2 Test) Tree {
	began := Test{Trace: []Step{{Goroutine: 1, Operation: "lock"}}}
	return Tree{Nodes: []TreeNode{
		{Turn: Turn{Test: began, Options: []Option{{Goroutine: 1}, {Goroutine: 2}}}, Edges: []Edge{{To: 1}, {To: 2}}},
		{Turn: Turn{Test: g1}}, {Turn: Turn{Test: g2}},
	}}
}

var (
	passes    = Test{Verdict: Pass}
	fails     = Test{Verdict: Wrong}
	races     = Test{Verdict: Race}
	racesFail = Test{Verdict: Race, Story: "the test fails"}
)

// A test that goes wrong is worth more than a race alone. Going on with the goroutine that
// ran last is no switch.
func TestWhatATreeIsPlayedFor(t *testing.T) {
	for _, c := range []struct {
		tree   Tree
		goal   Ending
		won    float64
		fewest int
	}{
		{fork(passes, passes), Holds, 0, -1},
		{fork(passes, fails), Breaks, 1, 1},
		{fork(fails, passes), Breaks, 1, 0},
		{fork(races, racesFail), Breaks, 1, 1},
		{fork(passes, races), Races, 1, 1},
		{fork(races, races), Races, 2, 0},
	} {
		all, won := c.tree.Orders()
		assert.Equal(t, 2.0, all)
		assert.Equal(t, c.won, won)
		assert.Equal(t, c.goal, c.tree.Goal())
		assert.Equal(t, c.fewest, c.tree.Fewest())
	}
}

// A schedule numbers options from the goroutine that ran last.
func TestRankOfAnOption(t *testing.T) {
	turn := Turn{Options: []Option{{Goroutine: 1}, {Goroutine: 2}, {Goroutine: 3}, {Goroutine: -1, Slip: "1s"}}}
	for ran, ranks := range map[int][]int32{2: {1, 0, 2, 3}, 1: {0, 1, 2, 3}, 5: {0, 1, 2, 3}} {
		for i, rank := range ranks {
			assert.Equal(t, rank, turn.Rank(i, ran), "option %d after g%d", i, ran)
		}
	}
	assert.True(t, turn.Switches(0, 2))
	assert.False(t, turn.Switches(1, 2))
	assert.False(t, turn.Switches(0, 5), "g5 cannot go on")
	assert.True(t, turn.Switches(3, 5), "time passes although goroutines could run")
}

func TestWhatAStepDoes(t *testing.T) {
	for want, s := range map[string]Step{
		"locks c.mu":           {Operation: "lock", Object: "c.mu"},
		"uses g.cond":          {Operation: "memory", Object: "g.cond"},
		"unlocks mu; wakes g2": {Operation: "unlock", Object: "mu", Wakes: []int{2}},
		"starts g1":            {Operation: "go", Starts: 1, Plain: true},
		"":                     {Operation: "start"},
		"10ms pass":            {Goroutine: -1, Slip: "10ms"},
	} {
		assert.Equal(t, want, Happens(s))
	}
	assert.Equal(t, "goes on", Next{Step: Step{Operation: "go", Object: "x"}}.Does(), "it has started the goroutine before")
}

func TestManyOrders(t *testing.T) {
	assert.Equal(t, "1,677,539", Many(1_677_539))
	assert.Equal(t, "more than 1,000,000,000,000,000", Many(math.Pow(2, 60)))
}

// A move is a verb, whatever the operation.
func TestMovesAreVerbs(t *testing.T) {
	for want, s := range map[string]Step{
		"loads o.left":    {Operation: "atomic", Object: "o.left", Source: "if o.left.Load() <= 0 {"},
		"adds to o.left":  {Operation: "atomic", Object: "o.left", Source: "atomic.AddInt64(&o.left, -1)"},
		"swaps an atomic": {Operation: "atomic", Source: "p.CompareAndSwap(a, b)"},
		"uses o.left":     {Operation: "atomic", Object: "o.left", Source: "o.left.Store(o.left.Load() - 1)"},
		"selects":         {Operation: "select"},
		"sleeps":          {Operation: "sleep"},
		"locks a.mu":      {Operation: "lock", Object: "a.mu"},
	} {
		assert.Equal(t, want, Next{Step: s}.Does())
	}
}
