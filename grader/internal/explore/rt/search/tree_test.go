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
	"heisenkata/grader/internal/explore/rt/vatomic"
	sync "heisenkata/grader/internal/explore/rt/vsync"
)

// grown is the tree of a program.
func grown(t *testing.T, f func()) *search.Tree {
	s := &search.Tree{}
	for i := 0; s.Begin(i); i++ {
		s.End(sched.Run(t, s, sched.Options{}, f).Steps)
		require.Less(t, i, 5000)
	}
	require.False(t, s.Lost || s.Spins || s.Long)
	return s
}

// ways counts the ways that lead from a node to an end.
func ways(s *search.Tree, from int, known map[int]int) (n int) {
	if n, ok := known[from]; ok {
		return n
	}
	if len(s.Nodes[from].To) == 0 {
		return 1
	}
	for _, to := range s.Nodes[from].To {
		n += ways(s, to, known)
	}
	known[from] = n
	return n
}

// A tree has as many ways from its beginning to an end as there are schedules, and fewer
// nodes: it is whole, and orders that come to the same state meet.
func TestTreesHaveAWayForEachSchedule(t *testing.T) {
	for name, f := range map[string]func(){
		"a lock":    func() { var mu sync.Mutex; times(2, func(int) { mu.Lock(); mu.Unlock() })() },
		"an atomic": func() { var x atomic.Int32; times(2, func(int) { x.Add(1) })() },
		"two atomics": func() {
			var x [2]atomic.Int32
			together(func() { x[0].Store(1) }, func() { x[1].Store(1) })
		},
		"a select": func() {
			w := newWorld(1)
			together(func() { choose(w, true) }, func() { (&sched.SendOp[int]{C: w.c}).Do(0, 1) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			every, schedules := &search.Delays{Bound: 1 << 30}, 0
			for ; every.Begin(schedules); schedules++ {
				every.End(sched.Run(t, every, sched.Options{}, f).Steps)
				require.Less(t, schedules, 50_000)
			}
			tree := grown(t, f)
			assert.Equal(t, schedules, ways(tree, 0, map[int]int{}))
			assert.Less(t, len(tree.Nodes), schedules)
			t.Log(schedules, "schedules,", len(tree.Nodes), "nodes")
		})
	}
}

// Whatever generated programs can come to in the reduced schedules, they come to in their
// trees, and nothing else.
func TestTreesLoseNothing(t *testing.T) {
	names := slices.Sorted(maps.Keys(operations))
	r := rand.New(rand.NewPCG(3, 4))
	compared := 0
	for range 80 {
		p := program{room: r.IntN(2)}
		few := []string{names[r.IntN(len(names))], names[r.IntN(len(names))], names[r.IntN(len(names))]}
		for range 2 {
			p.of = append(p.of, []string{few[r.IntN(3)], few[r.IntN(3)]})
		}
		reduced, tree := &search.Reduced{}, &search.Tree{}
		want, _ := p.outcomes(t, reduced, enough)
		if want == nil || reduced.Spins {
			continue
		}
		if got, _ := p.outcomes(t, tree, 2000); got != nil {
			assert.False(t, tree.Lost || tree.Long, "%v", p)
			assert.Equal(t, want, got, "%v", p)
			compared++
		}
	}
	assert.Greater(t, compared, 40)
}
