package explored

import (
	"math"
	"strings"
)

// Tree is every order of a test's steps, with one draw of random numbers, as far as they
// differ in what there is to choose: each node is a state. The first one is the beginning.
type Tree struct {
	Test     string
	Random   uint64 // the draw
	RacesEnd bool   // a data race is an end: the rest of that order takes no switch
	Nodes    []TreeNode
}

// TreeNode is a state: there is something to choose, or the test has ended.
type TreeNode struct {
	Turn  Turn   // of an end, its steps and its verdict
	Edges []Edge // one for each of the turn's options, which are in the order of the goroutines' numbers
}

// Edge leads on to a node.
type Edge struct {
	To    int
	Steps []Step // what runs on the way
}

// Ending is what an order comes to, as far as a player is concerned.
type Ending int

// The endings: nothing is found; a data race, and the test itself passes; the test fails.
const (
	Holds Ending = iota
	Races
	Breaks
)

// Ending is what the orders that lead to a node without options come to.
func (n TreeNode) Ending() Ending {
	switch t := n.Turn.Test; {
	case !t.Verdict.Found():
		return Holds
	case t.Verdict == Race && t.Story == "":
		return Races
	}
	return Breaks
}

// Goal is the end that a player looks for: the worst that there is.
func (t Tree) Goal() (goal Ending) {
	for _, n := range t.Nodes {
		if n.Turn.Ended() {
			goal = max(goal, n.Ending())
		}
	}
	return goal
}

// Orders counts the orders of a tree, and those of them that come to its goal. Beyond 2⁵³
// they are not exact.
func (t Tree) Orders() (all, won float64) {
	goal, counts := t.Goal(), make([][2]float64, len(t.Nodes))
	known := make([]bool, len(t.Nodes))
	var count func(n int) [2]float64
	count = func(n int) (sum [2]float64) {
		if known[n] {
			return counts[n]
		}
		if node := t.Nodes[n]; node.Turn.Ended() {
			sum[0] = 1
			if goal > Holds && node.Ending() == goal {
				sum[1] = 1
			}
		}
		for _, e := range t.Nodes[n].Edges {
			below := count(e.To)
			sum[0], sum[1] = sum[0]+below[0], sum[1]+below[1]
		}
		counts[n], known[n] = sum, true
		return sum
	}
	if len(t.Nodes) == 0 {
		return 0, 0
	}
	sum := count(0)
	return sum[0], sum[1]
}

// Ran is the goroutine that took the last of some steps, or the one that ran before them.
func Ran(steps []Step, before int) int {
	for _, s := range steps {
		if s.Goroutine >= 0 {
			before = s.Goroutine
		}
	}
	return before
}

// Switches reports whether an option of a turn is a switch: it takes over from a goroutine that
// could go on, or lets time pass although one could.
func (t Turn) Switches(option, ran int) bool {
	o := t.Options[option]
	return o.Value == 0 && (o.Goroutine < 0 || o.Goroutine != ran && t.Of(ran) >= 0)
}

// Rank is the number by which a schedule knows an option: of the goroutines that can go on,
// the one that ran last comes first.
func (t Turn) Rank(option, ran int) int32 {
	current := t.Of(ran)
	switch {
	case current < 0 || option > current:
		return int32(option)
	case option == current:
		return 0
	}
	return int32(option) + 1
}

// Fewest is the number of switches that the goal takes; -1 if there is nothing to win.
func (t Tree) Fewest() int {
	type place struct{ node, ran int }
	goal := t.Goal()
	if goal == Holds {
		return -1
	}
	now := []place{{0, Ran(t.Nodes[0].Turn.Test.Trace, -1)}}
	seen := map[place]bool{}
	for switches := 0; len(now) > 0; switches++ {
		var next []place
		for i := 0; i < len(now); i++ {
			at := now[i]
			node := t.Nodes[at.node]
			if seen[at] {
				continue
			}
			seen[at] = true
			if node.Turn.Ended() && node.Ending() == goal {
				return switches
			}
			for k, e := range node.Edges {
				to := place{e.To, Ran(e.Steps, at.ran)}
				if node.Turn.Switches(k, at.ran) {
					next = append(next, to)
				} else {
					now = append(now, to)
				}
			}
		}
		now = next
	}
	return -1
}

// Many writes a number of orders.
func Many(n float64) string {
	if n >= 1<<53 {
		return "more than " + thousands(int(math.Pow10(15)))
	}
	return thousands(int(n))
}

// Happens says what a step does, in words that follow its goroutine's name; "" if its line
// says it all.
func Happens(s Step) string {
	if s.Slip != "" {
		return safe(s.Slip) + " pass" + keptWords(s)
	}
	var notes []string
	if does := (Next{Step: s}).Does(); does != "goes on" && does != "starts" {
		notes = append(notes, does)
	}
	for _, note := range []string{startNote(s), wakeNote(s), sentence(s.Returned)} {
		if note != "" {
			notes = append(notes, note)
		}
	}
	return strings.Join(notes, "; ")
}
