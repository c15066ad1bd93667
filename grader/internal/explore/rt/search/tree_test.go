package search_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore/rt/sched"
	"heisenkata/grader/internal/explore/rt/search"
)

// A tree has as many ends as the reduction has different schedules, and what a program can
// come to is the same in both: so it is with generated programs.
func TestTreesHaveEveryOutcomeOnce(t *testing.T) {
	names := slices.Sorted(maps.Keys(operations))
	r := rand.New(rand.NewPCG(3, 4))
	compared, fewer := 0, 0
	for range 150 {
		p := program{room: r.IntN(2)}
		few := []string{names[r.IntN(len(names))], names[r.IntN(len(names))], names[r.IntN(len(names))]}
		for range 2 {
			p.of = append(p.of, []string{few[r.IntN(3)], few[r.IntN(3)]})
		}
		reduced, tree := &search.Reduced{}, &search.Tree{}
		want, runs := p.outcomes(t, reduced, enough)
		if want == nil || reduced.Spins {
			continue
		}
		got, treeRuns := p.outcomes(t, tree, 4000)
		if got == nil {
			continue
		}
		require.False(t, tree.Lost, "%v", p)
		require.False(t, tree.Long, "%v", p)
		assert.Equal(t, want, got, "%v", p)
		compared++
		if ends(tree) != reduced.Complete {
			fewer++
			t.Log(p, ends(tree), reduced.Complete, runs, treeRuns)
		}
	}
	t.Log(compared, fewer)
}

func ends(s *search.Tree) (n int) {
	for _, node := range s.Nodes {
		if len(node.Options) == 0 {
			n++
		}
	}
	return n
}

var _ = sched.Run
