package page

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/harmless"
)

// Game is a test that can be played in the page: the reader is its scheduler.
type Game struct {
	Test   string
	Tree   *explored.Tree // every order; nil if there is none, as Why says
	Why    string         // "it has too many orders"
	Play   string         // the command that plays it in a terminal
	Replay string         // the command that replays a schedule, with Schedule in its place
}

// Schedule stands for a schedule in a command.
const Schedule = "SCHEDULE"

// maxGame bounds a tree in a page, in bytes.
const maxGame = 150_000

// TooMany is why a test with a tree that is too large for a page is not in it.
const TooMany = "it has too many orders"

// gameView is a game as the template reads it.
type gameView struct {
	Game
	Title string
	Lead  []string
	Data  string // the tree, as the script reads it; empty if there is none
	Files []listing
}

// Playable reports whether a page has a game that can be played; if it has one that cannot, why
// not.
func (d Document) Playable() (ok bool, why string) {
	g := gameOf(d.Game, d.Sources)
	if g.size() > 0 || g == nil {
		return g != nil, ""
	}
	return false, g.Why
}

func gameOf(g *Game, sources func(string) string) *gameView {
	if g == nil {
		return nil
	}
	v := &gameView{Game: *g, Title: "Play " + oneLine(g.Test)}
	if g.Tree != nil {
		if v.Data, v.Files = gameData(*g, sources); v.Data == "" {
			v.Why = TooMany
		}
	}
	if v.Data == "" {
		v.Lead = []string{"This test cannot be played in a page: " + v.Why + "."}
		return v
	}
	v.Lead = leadOf(*g.Tree)
	return v
}

// Winnable reports whether an order of the game breaks its test.
func (v *gameView) Winnable() bool { return v.Tree != nil && v.Tree.Goal() > explored.Holds }

// size is how large a game that can be played makes its page, in bytes.
func (v *gameView) size() int {
	if v == nil || v.Data == "" {
		return 0
	}
	size := escaped(v.Data)
	for _, f := range v.Files {
		for _, l := range f.Lines {
			size += len(l.Text) + lineSize
		}
	}
	return size
}

// escaped is the size of JSON in an attribute, in bytes.
func escaped(text string) int { return len(text) + 4*strings.Count(text, `"`) }

// lineSize is what the markup of a line of source takes, in bytes.
const lineSize = 70

// leadOf says what there is to win.
func leadOf(t explored.Tree) (lead []string) {
	lead = []string{"You are the scheduler: one goroutine runs at a time, and at each step you choose which."}
	all, won := t.Orders()
	switch goal := t.Goal(); {
	case goal == explored.Holds:
		return append(lead, "There is nothing to win: "+allPass(all)+".")
	case won == all:
		lead = append(lead, fmt.Sprintf("Each of the %s orders breaks this test.", explored.Many(all)))
	default:
		lead = append(lead, fmt.Sprintf("Find an order that breaks this test: %s of %s do.", explored.Many(won), explored.Many(all)))
	}
	if t.RacesEnd {
		lead = append(lead, "A data race ends the game: what is left of that order runs without another switch.")
	}
	return lead
}

func allPass(orders float64) string {
	if orders == 1 {
		return "the only order passes"
	}
	return "all " + explored.Many(orders) + " orders pass"
}

// gameWriter writes a tree with each text, line, step and standing once.
type gameWriter struct {
	files []listing
	out   gameJSON
	known map[string]int
}

// gameJSON is what the script reads. Each number in a list is an index into another list.
type gameJSON struct {
	Texts     []string `json:"s"`
	Steps     [][5]int `json:"t"` // goroutine, place, source, what happens, line
	Standings [][6]int `json:"g"` // goroutine, place, source, what it does next or waits for, line, whether it can go on
	Parts     [][]int  `json:"p"` // steps, one after the other
	Nodes     [][]any  `json:"n"` // see node
	Begins    int      `json:"b"` // the steps before the first node
	Goal      int      `json:"goal"`
	Fewest    int      `json:"fewest"`
	Random    string   `json:"z"` // of the schedule
	Replay    string   `json:"replay"`
	Passes    string   `json:"passes"` // what to say of an order that passes, where all do
}

// gameData is a tree for the script, and the source that it names; empty if that is too much
// for a page.
func gameData(g Game, sources func(string) string) (data string, files []listing) {
	w := gameWriter{files: listings(sceneOf(*g.Tree), nil, sources), known: map[string]int{}}
	t := *g.Tree
	all, _ := t.Orders()
	w.out.Begins, w.out.Goal, w.out.Fewest = w.part(t.Nodes[0].Turn.Test.Trace), int(t.Goal()), t.Fewest()
	if len(t.Nodes[0].Edges) == 0 {
		return "", nil // there is nothing to choose
	}
	if w.out.Replay = harmless.Line(g.Replay); t.Random != 0 {
		w.out.Random = strconv.FormatUint(t.Random, 32)
	}
	if t.Goal() == explored.Holds {
		w.out.Passes = allPass(all)
	}
	for _, n := range t.Nodes {
		w.out.Nodes = append(w.out.Nodes, w.node(n))
	}
	text, err := json.Marshal(w.out)
	if err != nil || escaped(string(text)) > maxGame {
		return "", nil
	}
	return string(text), w.files
}

// sceneOf has the lines of a tree.
func sceneOf(t explored.Tree) (s explored.Scene) {
	add := func(step explored.Step) {
		at := (&explored.Place{File: step.File, Line: step.Line, Source: step.Source}).Spot()
		s.Moments = append(s.Moments, explored.Moment{At: *at})
	}
	for _, n := range t.Nodes {
		for _, g := range n.Turn.Goroutines {
			add(g.Step)
		}
		for _, e := range n.Edges {
			for _, step := range e.Steps {
				add(step)
			}
		}
	}
	return s
}

func (w *gameWriter) text(text string) int {
	return numbered(w.known, "s"+text, &w.out.Texts, text)
}

// numbered is the number of a value in a list, to which it is added if it is new.
func numbered[T any](known map[string]int, key string, list *[]T, value T) int {
	n, ok := known[key]
	if !ok {
		n = len(*list)
		known[key], *list = n, append(*list, value)
	}
	return n
}

// at is where a step is: place, source, and the line of the listing.
func (w *gameWriter) at(s explored.Step) (place, source, line int) {
	spot := (&explored.Place{File: s.File, Line: s.Line, Source: s.Source}).Spot()
	return w.text(spot.Label), w.text(spot.Source), w.text(linesOf(w.files, *spot))
}

func (w *gameWriter) part(steps []explored.Step) int {
	list := []int{} // not null
	for _, s := range steps {
		place, source, line := w.at(s)
		step := [5]int{s.Goroutine, place, source, w.text(explored.Happens(s)), line}
		list = append(list, numbered(w.known, fmt.Sprint("t", step), &w.out.Steps, step))
	}
	return numbered(w.known, fmt.Sprint("p", list), &w.out.Parts, list)
}

// node is a list: of an end, what the order comes to and a text. Else how the goroutines stand,
// texts about locks that are held, the options, and whether they are values of an operation.
func (w *gameWriter) node(n explored.TreeNode) []any {
	t := n.Turn
	if t.Ended() {
		return []any{int(n.Ending()), w.text(endText(t.Test))}
	}
	standings, held, options := []int{}, []int{}, [][]int{} // not null
	for _, g := range t.Goroutines {
		standings = append(standings, w.standing(g))
	}
	for _, text := range t.Held() {
		held = append(held, w.text(text))
	}
	for i, o := range t.Options {
		options = append(options, w.option(o, n.Edges[i]))
	}
	if t.Options[0].Value > 0 {
		return []any{standings, held, options, 1}
	}
	return []any{standings, held, options}
}

// option is a list: the goroutine, or -1; the next node; the steps on the way; and its text,
// if that is not what its goroutine does.
func (w *gameWriter) option(o explored.Option, e explored.Edge) []int {
	option := []int{o.Goroutine, e.To, w.part(e.Steps)}
	switch {
	case o.Goroutine < 0:
		option = append(option, w.text(harmless.Line(o.Slip)+" pass, as on a machine that stalls"))
	case o.Value > 0:
		option = append(option, w.text(fmt.Sprintf("tries case %d of its select first", o.Value)))
	}
	return option
}

func (w *gameWriter) standing(g explored.Next) int {
	place, source, line := w.at(g.Step)
	s := [6]int{g.Step.Goroutine, place, source, 0, line, 0}
	if s[3] = w.text(g.Waits()); g.Can {
		s[3], s[5] = w.text(g.Does()), 1
	}
	return numbered(w.known, fmt.Sprint("g", s), &w.out.Standings, s)
}

// endText says what an order has come to.
func endText(t explored.Test) string {
	var said []string
	for _, text := range []string{t.Story, t.Summary} {
		if text != "" {
			said = append(said, strings.TrimRight(Capital(explored.Sentence(text)), ".")+".")
		}
	}
	if t.Verdict == explored.Timing {
		return "That does not count: a timeout fired although goroutines could run, as on a machine that stalls."
	}
	return strings.Join(said, " ")
}
