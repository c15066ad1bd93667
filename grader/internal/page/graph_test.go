package page

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

func waits(lane, holder int, object string) explored.Wait {
	return explored.Wait{Lane: lane, Holder: holder, Object: object, For: "waits for " + object}
}

// A goroutine that holds what others wait for may itself wait for what none holds.
func TestGraphShowsWhatNoGoroutineHolds(t *testing.T) {
	scene := explored.Scene{Lanes: []explored.Lane{{Name: "the test"}, {Name: "g1"}, {Name: "g2"}}}
	scene.Waits = []explored.Wait{waits(0, 1, "b.mu"), waits(1, -1, "s.events"), waits(2, -1, "done")}
	scene.Waits[1].Never = "no goroutine will receive from it"
	g := graphOf(scene)
	require.NotNil(t, g)
	var names []string
	for _, n := range g.Nodes {
		names = append(names, n.Name)
		assert.Equal(t, n.Name == "s.events", n.Wide > 0, n.Name)
		assert.GreaterOrEqual(t, n.Left(), 0)
		assert.Less(t, n.X+n.Wide/2, g.Width)
	}
	assert.Equal(t, []string{"the test", "g1", "s.events"}, names, "g2 has nothing to do with it")
	require.Len(t, g.Edges, 2)
	assert.Equal(t, "b.mu", g.Edges[0].Text)
	assert.Empty(t, g.Edges[1].Text, "its box has the name")
	assert.Equal(t, "the test waits for b.mu. g1 waits for s.events; no goroutine will receive from it. ", g.Label)

	scene.Waits[1] = explored.Wait{Lane: 1, Holder: -1, Select: true, At: explored.Spot{Line: 47}}
	assert.Equal(t, "select, line 47", graphOf(scene).Nodes[2].Name)

	scene.Waits = scene.Waits[1:]
	assert.Nil(t, graphOf(scene), "no goroutine waits for another")
}
