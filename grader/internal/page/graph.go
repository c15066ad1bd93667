package page

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/harmless"
)

// maxGraph is how many goroutines a graph of waits may have and still be read.
const maxGraph = 8

// graph shows which goroutine waits for what another one holds, and which of them wait for
// what none holds: a channel, say.
type graph struct {
	Width, Height int
	Label         string
	Nodes         []graphNode
	Edges         []graphEdge
	Things        bool // some nodes are no goroutines
}

type graphNode struct {
	X, Y int
	Name string
	Wide int // of what no goroutine holds: how wide its box is; 0 for a goroutine
}

// Left and Top are where its box begins.
func (n graphNode) Left() int { return n.X - n.Wide/2 }

// Top is documented with Left.
func (n graphNode) Top() int { return n.Y - boxHigh/2 }

type graphEdge struct {
	X1, Y1, X2, Y2 int // its ends
	Path, Head     string
	LabelX, LabelY int
	Anchor         string
	Text           string
}

const (
	graphWide  = 620
	graphHigh  = 300
	rowHigh    = 130
	ringWide   = 170 // from the middle to the nodes, across and down
	ringHigh   = 100
	nodeWide   = 42
	nodeHigh   = 24
	edgeAside  = 10
	labelAside = 14
	letterWide = 8
	boxHigh    = 36
)

// graphOf is the graph of the waits in which at least one goroutine holds what another
// waits for; nil if there is none.
func graphOf(s explored.Scene) *graph {
	lanes, held := graphLanes(s)
	if !held || len(lanes) > maxGraph {
		return nil
	}
	things := graphThings(s, lanes)
	if len(lanes)+len(things) > maxGraph {
		things = nil
	}
	g, nodes := &graph{Width: graphWide, Height: graphHigh}, len(lanes)+len(things)
	if nodes < 3 { // in one row
		g.Height = rowHigh
	}
	at, of := map[int]graphNode{}, map[string]graphNode{}
	for i := range nodes {
		n := placed(i, nodes, g.Height)
		if i < len(lanes) {
			n.Name = harmless.Cut(s.Lanes[lanes[i]].Name, 10)
			at[lanes[i]] = n
		} else {
			thing := things[i-len(lanes)]
			n.Name = harmless.Cut(thing, 20)
			n.Wide = letterWide*utf8.RuneCountInString(n.Name) + 2*letterWide
			of[thing] = n
		}
		g.Nodes = append(g.Nodes, n)
	}
	for _, w := range s.Waits {
		if w.Lane < 0 || !slices.Contains(lanes, w.Lane) {
			continue
		}
		if to, ok := of[thing(w)]; w.Holder >= 0 {
			g.Edges = append(g.Edges, edge(at[w.Lane], at[w.Holder], harmless.Cut(w.Object, 28)))
		} else if ok {
			g.Edges = append(g.Edges, edge(at[w.Lane], to, ""))
			g.Things = true
		}
		g.Label += strings.TrimSuffix(fmt.Sprintf("%s %s; %s", s.Lanes[w.Lane].Name, w.For, w.Never), "; ") + ". "
	}
	return g
}

// placed is where the i-th of so many nodes is, clockwise from the top; two are side by side.
func placed(i, nodes, high int) graphNode {
	turn := 2*math.Pi*float64(i)/float64(nodes) - math.Pi/2
	if nodes < 3 {
		turn -= math.Pi / 2
	}
	return graphNode{X: graphWide/2 + int(ringWide*math.Cos(turn)), Y: high/2 + int(ringHigh*math.Sin(turn))}
}

// thing is what a goroutine waits for that none holds, in a word or two; empty if another
// goroutine holds it.
func thing(w explored.Wait) string {
	switch {
	case w.Holder >= 0:
		return ""
	case w.Object != "":
		return w.Object
	case w.Select:
		return "select, line " + strconv.Itoa(w.At.Line)
	}
	return ""
}

// graphThings are the things that the goroutines of a graph wait for.
func graphThings(s explored.Scene, lanes []int) (things []string) {
	for _, w := range s.Waits {
		if name := thing(w); name != "" && slices.Contains(lanes, w.Lane) && !slices.Contains(things, name) {
			things = append(things, name)
		}
	}
	return things
}

// graphLanes are the goroutines of a graph: those that wait for another, and that one.
func graphLanes(s explored.Scene) (lanes []int, held bool) {
	in := map[int]bool{}
	for _, w := range s.Waits {
		if w.Holder >= 0 && w.Lane >= 0 {
			in[w.Lane], in[w.Holder] = true, true
		}
	}
	for lane := range s.Lanes {
		if in[lane] {
			lanes = append(lanes, lane)
		}
	}
	return lanes, len(lanes) > 0
}

// edge is an arrow between two nodes, a little to the side, so that one back does not lie
// on it; from a node to itself it is a loop.
func edge(from, to graphNode, label string) graphEdge {
	e := graphEdge{Text: label, Anchor: "middle"}
	if from == to {
		e.Path = fmt.Sprintf("M%d %dC%d %d %d %d %d %d", from.X+34, from.Y-14, from.X+110, from.Y-50, from.X+110, from.Y+50, from.X+42, from.Y+18)
		e.X1, e.Y1, e.X2, e.Y2 = from.X+60, from.Y+28, from.X+34, from.Y+15
		e.LabelX, e.LabelY, e.Anchor = from.X+98, from.Y+4, "start"
		e.Head = head(e)
		return e
	}
	dx, dy := unit(to.X-from.X, to.Y-from.Y)
	px, py := dy*edgeAside, -dx*edgeAside
	e.X1, e.Y1 = from.X+int(dx*from.rim(dx, dy)+px), from.Y+int(dy*from.rim(dx, dy)+py)
	e.X2, e.Y2 = to.X-int(dx*to.rim(dx, dy)-px), to.Y-int(dy*to.rim(dx, dy)-py)
	e.Path, e.Head = fmt.Sprintf("M%d %dL%d %d", e.X1, e.Y1, e.X2, e.Y2), head(e)
	outX, outY := unit(int(100*px), int(100*py)) // nodes run clockwise, so this is away from the middle
	e.LabelX, e.LabelY = (e.X1+e.X2)/2+int(outX*labelAside), (e.Y1+e.Y2)/2+int(outY*labelAside)+4
	if outX > 0.4 {
		e.Anchor = "start"
	} else if outX < -0.4 {
		e.Anchor = "end"
	}
	return e
}

// rim is how far a node's edge is from its middle in a direction.
func (n graphNode) rim(dx, dy float64) float64 {
	if n.Wide == 0 {
		return 1/math.Hypot(dx/nodeWide, dy/nodeHigh) + 1
	}
	return 1/math.Max(math.Abs(dx)/float64(n.Wide/2), math.Abs(dy)/(boxHigh/2)) + 1
}

// unit is a direction, of length 1.
func unit(x, y int) (dx, dy float64) {
	long := math.Max(math.Hypot(float64(x), float64(y)), 1)
	return float64(x) / long, float64(y) / long
}

// head is the triangle at the end of an edge.
func head(e graphEdge) string {
	dx, dy := unit(e.X2-e.X1, e.Y2-e.Y1)
	x, y := float64(e.X2)-dx*11, float64(e.Y2)-dy*11
	return fmt.Sprintf("%d,%d %d,%d %d,%d", e.X2, e.Y2, int(x-dy*6), int(y+dx*6), int(x+dy*6), int(y-dx*6))
}
