package page

import (
	"fmt"
	"math"

	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/harmless"
)

// maxGraph is how many goroutines a graph of waits may have and still be read.
const maxGraph = 8

// graph shows which goroutine waits for what another one holds.
type graph struct {
	Width, Height int
	Label         string
	Nodes         []graphNode
	Edges         []graphEdge
}

type graphNode struct {
	X, Y int
	Name string
	Kind string // goroutine, or thing: what no goroutine holds
}

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
)

// graphOf is the graph of the waits in which at least one goroutine holds what another
// waits for; nil if there is none.
func graphOf(s explored.Scene) *graph {
	lanes, held := graphLanes(s)
	if !held || len(lanes) > maxGraph {
		return nil
	}
	g := &graph{Width: graphWide, Height: graphHigh}
	if len(lanes) < 3 { // in one row
		g.Height = rowHigh
	}
	at := map[int]graphNode{}
	for i, lane := range lanes {
		turn := 2*math.Pi*float64(i)/float64(len(lanes)) - math.Pi/2
		if len(lanes) < 3 {
			turn -= math.Pi / 2 // side by side
		}
		n := graphNode{X: graphWide/2 + int(ringWide*math.Cos(turn)), Y: g.Height/2 + int(ringHigh*math.Sin(turn)), Name: harmless.Cut(s.Lanes[lane].Name, 10), Kind: "goroutine"}
		at[lane] = n
		g.Nodes = append(g.Nodes, n)
	}
	for _, w := range s.Waits {
		if w.Holder >= 0 && w.Lane >= 0 {
			g.Edges = append(g.Edges, edge(at[w.Lane], at[w.Holder], harmless.Cut(w.Object, 28)))
			g.Label += fmt.Sprintf("%s %s. ", s.Lanes[w.Lane].Name, w.For)
		}
	}
	return g
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
	rim := 1/math.Hypot(dx/nodeWide, dy/nodeHigh) + 1
	e.X1, e.Y1 = from.X+int(dx*rim+px), from.Y+int(dy*rim+py)
	e.X2, e.Y2 = to.X-int(dx*rim-px), to.Y-int(dy*rim-py)
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
