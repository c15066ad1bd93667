package page

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/harmless/attack"
)

// increments is the tree of two goroutines that each read a counter and then write it: an
// update is lost if both read before one writes. Each state is the steps of both.
func increments() *explored.Tree {
	type state struct {
		done, read [3]int
		counter    int
	}
	t := &explored.Tree{Test: "TestLostUpdate"}
	known := map[state]int{}
	var grow func(s state) int
	grow = func(s state) int {
		if n, ok := known[s]; ok {
			return n
		}
		n := len(t.Nodes)
		known[s], t.Nodes = n, append(t.Nodes, explored.TreeNode{})
		var node explored.TreeNode
		for g := 1; g <= 2; g++ {
			if s.done[g] == 2 {
				continue
			}
			step := access(g, s.done[g])
			then := s
			if then.done[g]++; s.done[g] == 0 {
				then.read[g] = s.counter
			} else {
				then.counter = s.read[g] + 1
			}
			node.Turn.Goroutines = append(node.Turn.Goroutines, explored.Next{Step: step, Can: true, HeldBy: -1})
			node.Turn.Options = append(node.Turn.Options, explored.Option{Goroutine: g})
			node.Edges = append(node.Edges, explored.Edge{To: grow(then), Steps: []explored.Step{step}})
		}
		if node.Edges == nil {
			node.Turn.Test = explored.Test{Verdict: explored.Pass}
			if s.counter != 2 {
				node.Turn.Test = explored.Test{Verdict: explored.Wrong, Summary: "the counter is 1, want 2"}
			}
		}
		t.Nodes[n] = node
		return n
	}
	grow(state{})
	return t
}

func access(g, done int) explored.Step {
	s := explored.Step{Goroutine: g, Operation: "read", Object: "c.n", File: "counter/counter.go", Line: 3, Source: "n := c.n"}
	if done == 1 {
		s.Operation, s.Line, s.Source = "write", 4, "c.n = n + 1"
	}
	return s
}

func TestTreesAreCounted(t *testing.T) {
	all, won := increments().Orders()
	assert.Equal(t, 6.0, all)
	assert.Equal(t, 4.0, won)
	assert.Equal(t, 1, increments().Fewest())
}

// noteGame notes what a game shows, after each of some keys that go to what has the focus.
func noteGame(keys []string) string {
	return `const of = (what) => [...document.querySelectorAll(what)].map((n) => n.textContent.trim().replace(/\s+/g, " ")).join("|");
document.querySelector("[data-game]").focus();
for (const key of ["` + strings.Join(keys, `","`) + `"]) {
  if (key === "click") document.querySelector(".options button").focus(), document.activeElement.click();
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const p = document.createElement("p");
  p.textContent = "shown: " + [of(".said[role]"), of(".options button"), of(".game li.here .n"), of(".lane td.ran"), of(".count"), of(".again code"), document.activeElement.tagName].join(" / ");
  document.body.append(p);
}`
}

// The keys play a game to a win, go back and restart, and all that the page shows goes with
// them. A button keeps the focus within the game.
func TestAGameIsPlayedByKeyboard(t *testing.T) {
	d := Document{Title: "counter", Game: &Game{Test: "TestLostUpdate", Tree: increments(), Replay: "grader replay counter 'TestLostUpdate@SCHEDULE'"}}
	d.Sources = func(string) string { return "package counter\n\nn := c.n\nc.n = n + 1\n" }
	page := pageOf(t, d)
	assert.Contains(t, page, "Find an order that breaks this test: 4 of 6 do.")
	steps := []struct{ key, shows string }{
		{"x", `^Choose: 1 g1 reads c\.n; 2 g2 reads c\.n\. / 1 g1 reads c\.n counter\.go:3 n := c\.n\|2 g2 .*/ 3 /  / 0 choices, 0 switches /  / DIV$`},
		{"3", `^Choose: 1 g1`}, // there are only two
		{"1", `^g1 at counter\.go:3 reads c\.n\. Choose: 1 g1 writes c\.n; 2 g2 reads c\.n\. .*/ 3\|4 / counter\.go:3 n := c\.n reads c\.n / 1 choice, 0 switches`},
		{"h", `^From here, 1 more switch is enough\. .* / 1 choice, 0 switches`},
		{"h", `^Choose 2: g2 reads c\.n\. `},
		{"2", `^g2 at .*/ 4 / .* / 2 choices, 1 switch `},
		{"1", `^g1 at .* / 3 choices, 2 switches `},
		{"1", `✗ You broke it in 2 switches; the fewest is 1\. The counter is 1, want 2\. /  / 4 / .* / grader replay counter 'TestLostUpdate@1\.0' / DIV$`},
		{"1", `✗ You broke it`}, // there is nothing left to choose
		{"b", `^g1 at .* / 3 choices, 2 switches `},
		{"r", `^Choose: 1 g1 reads c\.n; .* / 0 choices, 0 switches /  / DIV$`},
		{"b", `^Choose: 1 g1 reads`},
		{"click", `^g1 at .* / 1 choice, 0 switches /  / BUTTON$`},
		{"1", `^g1 at counter\.go:4 writes c\.n\. Choose: 1 g2 reads`},
		{"h", `^No order that begins like this breaks it: go back\. `},
		{"1", `^g2 at .* / 3 choices, 0 switches`},
		{"1", `✓ The test passes in this order: try again\. .* / 4 choices, 0 switches / grader replay counter 'TestLostUpdate@-' / BUTTON$`},
	}
	var keys []string
	for _, s := range steps {
		keys = append(keys, s.key)
	}
	dom, console := chromium(t, page, noteGame(keys))
	assert.Empty(t, console)
	shown := noted(dom)
	require.Len(t, shown, len(steps))
	for i, s := range steps {
		assert.Regexp(t, s.shows, shown[i], "%d: %s", i+1, s.key)
	}
}

// Where no order breaks the test, the page says so.
func TestAGameWithNothingToWin(t *testing.T) {
	tree := increments()
	for i := range tree.Nodes {
		tree.Nodes[i].Turn.Test = explored.Test{Verdict: explored.Pass}
	}
	d := Document{Game: &Game{Test: "TestX", Tree: tree}}
	assert.Contains(t, pageOf(t, d), "There is nothing to win: all 6 orders pass.")
	ok, why := d.Playable()
	assert.True(t, ok)
	assert.Empty(t, why)
	ok, why = Document{}.Playable()
	assert.False(t, ok)
	assert.Empty(t, why)
}

// A tree that is too large for a page stays out of it, and so does one that there is not.
func TestGamesAreBounded(t *testing.T) {
	tree := increments()
	for i := range 40_000 {
		tree.Nodes = append(tree.Nodes, explored.TreeNode{Turn: explored.Turn{Test: explored.Test{Verdict: explored.Wrong, Summary: fmt.Sprint("it breaks ", i)}}})
	}
	for _, g := range []Game{{Test: "TestX", Tree: tree, Play: "grader play x TestX"}, {Test: "TestX", Why: TooMany, Play: "grader play x TestX"}} {
		d := Document{Game: &g}
		page := pageOf(t, d)
		assert.Less(t, len(page), 50_000)
		assert.NotContains(t, page, "data-game=")
		assert.Contains(t, page, "it has too many orders")
		assert.Contains(t, page, "grader play x TestX")
		ok, why := d.Playable()
		assert.False(t, ok)
		assert.Equal(t, TooMany, why)
	}
}

// With a game a page keeps its bound: there are fewer findings.
func TestAGameTakesTheRoomOfFindings(t *testing.T) {
	tree := increments()
	for i := range 3000 {
		tree.Nodes = append(tree.Nodes, explored.TreeNode{Turn: explored.Turn{Test: explored.Test{Verdict: explored.Wrong, Summary: fmt.Sprint("it breaks ", i)}}})
	}
	finding := Finding{Title: "TestX", Story: []string{strings.Repeat("it breaks ", 500)}, Output: strings.Repeat("x", 1000)}
	var many []Finding
	for range 200 {
		many = append(many, finding)
	}
	page := pageOf(t, Document{Game: &Game{Test: "TestX", Tree: tree}, Parts: []Part{{Findings: many}}})
	assert.Less(t, len(page), Limit)
	assert.Contains(t, page, "data-game=")
}

// Names and source are a stranger's: none of them gets out of the tree.
func TestNothingHostileGetsOutOfAGame(t *testing.T) {
	for what, text := range attack.Texts {
		tree := attack.Fill[explored.Tree](text, 2)
		end := explored.TreeNode{Turn: explored.Turn{Test: explored.Test{Verdict: explored.Wrong, Summary: text}}}
		tree.Nodes[0].Edges[0].To, tree.Nodes[0].Edges[1].To, tree.Nodes[1] = 1, 1, end
		tree.Nodes[0].Turn.Options[1].Goroutine = -1
		d := Document{Game: &Game{Test: text, Tree: &tree, Play: "grader play", Replay: "grader replay"}}
		d.Sources = func(string) string { return text + "\n" + text }
		page := pageOf(t, d)
		assert.Empty(t, attack.HTML(page), what)
		assert.Empty(t, attack.Found(page, "\t"), what)
		assert.Less(t, len(page), Limit, what)
	}
}
