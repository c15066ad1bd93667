package explore

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

// way is one order of a tree: its choices as a schedule has them, and what comes of them.
type way struct {
	choices  []int32
	switches int
	end      explored.TreeNode
}

// wayThrough takes options, drawn by lot, up to an end.
func wayThrough(tree explored.Tree, r *rand.Rand) (w way) {
	n := tree.Nodes[0]
	ran := explored.Ran(n.Turn.Test.Trace, -1)
	for !n.Turn.Ended() {
		k := r.IntN(len(n.Edges))
		if n.Turn.Switches(k, ran) {
			w.switches++
		}
		w.choices = append(w.choices, n.Turn.Rank(k, ran))
		ran = explored.Ran(n.Edges[k].Steps, ran)
		n = tree.Nodes[n.Edges[k].To]
	}
	w.end = n
	return w
}

// Whatever way leads through a tree, running its choices comes to the same end: the same
// verdict, in the same words, with as many switches. HEISENKATA_TREES is a pattern of more
// programs, of which words are not compared.
func TestEveryWayThroughATreeEndsAsItsScheduleDoes(t *testing.T) {
	if testing.Short() {
		t.Skip("builds test binaries")
	}
	programs := []string{"bank", "lostwakeup", "counter"}
	if pattern := os.Getenv("HEISENKATA_TREES"); pattern != "" {
		programs, _ = filepath.Glob(filepath.Join("testdata", "bugs", pattern)) // one that is no pattern has none
	}
	ends := map[explored.Ending]int{}
	for _, program := range programs {
		for _, test := range []string{"TestBug", "TestFixed"} {
			t.Run(filepath.Base(program)+"/"+test, func(t *testing.T) {
				g := gameOf(t, filepath.Base(program), test)
				tree, err := g.Tree(t.Context(), "", 3000, time.Minute)
				if len(programs) != 3 && err != nil {
					t.Skip(err)
				}
				require.NoError(t, err)
				all, won := tree.Orders()
				t.Log(len(tree.Nodes), "nodes", explored.Many(all), "orders", explored.Many(won), "win; races end:", tree.RacesEnd)
				r := rand.New(rand.NewPCG(1, 2))
				for range 4 {
					w := wayThrough(tree, r)
					ends[w.end.Ending()]++
					end, err := g.Finish(t.Context(), w.choices)
					require.NoError(t, err)
					want, got := w.end.Turn.Test, end.Test
					assert.Equal(t, got.Verdict, want.Verdict, "%v", w.choices)
					if len(programs) == 3 { // a tree numbers objects, and names one of several readers, for all its orders
						assert.Equal(t, got.Summary, want.Summary, "%v", w.choices)
						assert.Equal(t, got.Story, want.Story, "%v", w.choices)
					}
					assert.Equal(t, got.Switches(), w.switches, "%v", w.choices)
				}
			})
		}
	}
	if len(programs) != 3 {
		return
	}
	assert.Len(t, ends, 3, "orders of every kind: %v", ends)
}

// A test with more states than asked for has no tree.
func TestTreesAreBounded(t *testing.T) {
	_, err := gameOf(t, "bank", "TestBug").Tree(t.Context(), "", 100, time.Minute)
	assert.ErrorIs(t, err, ErrTooManyOrders)
}
