package page

import (
	"fmt"
	"slices"

	"charm.land/lipgloss/v2"

	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/harmless"
)

// Measures of a drawing, in pixels at its natural size.
const (
	letter     = 7.25 // width of a character of code
	lineHigh   = 16
	rowPad     = 10
	bannerHigh = 26
	minLane    = 150
	laneFair   = 190 // what each gets if not all fit
	stageWide  = 760 // what the lanes share, unless that is too little to read
	laneText   = 24  // from a lane's line to its text
	laneMargin = 14
	maxGutter  = 150
	smallWide  = 6.3 // width of a character of a position
)

// drawing is the lanes of a scene, laid out.
type drawing struct {
	Width, Height int
	Label         string // says what it is
	Heads         []text
	Rows          []rowShape
	Threads       []thread
	Legend        []legendEntry
}

type text struct {
	X, Y int
	Kind string
	Text string
}

// rowShape is what a moment looks like.
type rowShape struct {
	Step      int // the number of its moment, from 1 on
	Y, High   int
	Banner    string // across all lanes, above it
	BannerY   int
	Kind      string // of its node: step, waits, race, switch; "" for none
	X, NodeY  int
	Texts     []text
	Arrows    []arrow
	Across    string // said across all lanes, instead of a node
	AcrossEnd bool
}

// Top is where what belongs to the row begins.
func (r rowShape) Top() int {
	if r.Banner != "" {
		return r.BannerY
	}
	return r.Y
}

// Back is the height of all that belongs to the row.
func (r rowShape) Back() int { return r.Y + r.High - r.Top() }

// BannerTextY is the base line of the banner's text.
func (r rowShape) BannerTextY() int { return r.BannerY + 17 }

// AcrossY is the base line of what is said across all lanes.
func (r rowShape) AcrossY() int { return r.Y + 17 }

// Left is an x so far left of the node.
func (r rowShape) Left(pixels int) int { return r.X - pixels }

// Above is a y so far above the node.
func (r rowShape) Above(pixels int) int { return r.NodeY - pixels }

// arrow goes along a path and has a head.
type arrow struct{ Kind, Path, Head string }

// thread is a part of a lane's line: in which state the goroutine is between two moments.
type thread struct {
	Kind      string
	X, Y1, Y2 int
}

// sketch lays out a scene.
type sketch struct {
	explored.Scene
	*drawing
	gutter int
	lane   []int // widths
	left   []int // where each lane's line is
	nodes  []int // of each moment
	tops   []int // where each begins
}

func draw(scene explored.Scene) *drawing {
	s := sketch{Scene: scene, drawing: &drawing{Label: label(scene)}}
	s.columns()
	s.heads()
	y := 2
	for i, m := range scene.Moments {
		y = s.row(i, m, y)
	}
	s.Height = y + 4
	s.threads()
	s.Legend = legendOf(s.drawing)
	return s.drawing
}

func label(s explored.Scene) string {
	return fmt.Sprintf("Lanes of %d goroutines, time downward, in %d steps. The table of steps below says the same.", len(s.Lanes), len(s.Moments))
}

// columns deals out the width: to each lane what it can use, and if that is more than
// there is, the narrow ones get theirs and the others the same.
func (s *sketch) columns() {
	for _, m := range s.Moments {
		s.gutter = max(s.gutter, min(int(float64(len(m.At.Label))*smallWide)+12, maxGutter))
	}
	room := stageWide - s.gutter
	if minLane*len(s.Lanes) > room {
		room = laneFair * len(s.Lanes) // one has to scroll anyway
	}
	order := make([]int, len(s.Lanes))
	s.lane, s.left = make([]int, len(s.Lanes)), make([]int, len(s.Lanes))
	for i := range s.Lanes {
		s.lane[i], order[i] = s.natural(i), i
	}
	slices.SortFunc(order, func(a, b int) int { return s.lane[a] - s.lane[b] })
	for done, i := range order {
		s.lane[i] = min(s.lane[i], room/(len(order)-done))
		room -= s.lane[i]
	}
	s.Width = s.gutter
	for i, wide := range s.lane {
		s.left[i] = s.Width + laneMargin
		s.Width += wide
	}
	s.Width = max(s.Width, 360)
}

// natural is the width of a lane in which its code is whole, within limits.
func (s *sketch) natural(lane int) int {
	columns := max(lipgloss.Width(s.Lanes[lane].Name), lipgloss.Width(s.Lanes[lane].Started.Label)) + 3
	for _, w := range s.Waits {
		if w.Lane == lane {
			columns = max(columns, lipgloss.Width(w.At.Source), min(lipgloss.Width(w.For), 36))
		}
	}
	for _, m := range s.Moments {
		if m.Lane == lane {
			columns = max(columns, lipgloss.Width(m.At.Source))
			for _, n := range m.Notes {
				columns = max(columns, min(lipgloss.Width(n), 30))
			}
		}
	}
	return max(int(float64(columns)*letter)+laneMargin+laneText, minLane)
}

// room is how many characters fit into a lane.
func (s *sketch) room(lane int) int {
	return int(float64(s.lane[lane]-laneMargin-laneText+2) / letter)
}

// heads names the lanes, in a drawing of their own that stays in view.
func (s *sketch) heads() {
	for i, l := range s.Lanes {
		s.Heads = append(s.Heads, text{s.left[i] - 5, 17, "name", harmless.Cut(l.Name, s.room(i))})
		if l.Started.Label != "" {
			s.Heads = append(s.Heads, text{s.left[i] - 5, 33, "small", harmless.Cut("from "+l.Started.Label, int(float64(s.lane[i]-laneMargin)/smallWide))})
		}
	}
}

// row lays out a moment, and returns where the next one begins.
func (s *sketch) row(i int, m explored.Moment, y int) int {
	r := rowShape{Step: i + 1, Y: y}
	if m.Switch != "" {
		r.Banner, r.BannerY = m.Switch, y+2
		r.Y += bannerHigh + 4
	}
	r.NodeY = r.Y + 14
	switch {
	case m.Kind == explored.End:
		s.end(&r, m)
	case m.Lane < 0:
		r.Across, r.High = m.At.Source, 2*lineHigh-4
	default:
		s.step(&r, m)
	}
	s.nodes, s.tops = append(s.nodes, r.NodeY), append(s.tops, r.Y+1)
	s.arrows(&r, i, m)
	s.Rows = append(s.Rows, r)
	return r.Y + r.High
}

// step lays out what a goroutine does.
func (s *sketch) step(r *rowShape, m explored.Moment) {
	r.Kind, r.X = kindOf(m), s.left[m.Lane]
	if m.At.Label != "" {
		r.Texts = append(r.Texts, text{s.gutter - 10, r.NodeY + 4, "at", leftCut(m.At.Label, maxGutter)})
	}
	x, y, room := s.left[m.Lane]+laneText-10, r.NodeY+4, s.room(m.Lane)
	r.Texts = append(r.Texts, text{x, y, "code", harmless.Cut(m.At.Source, room)})
	if m.Mark != "" {
		y = s.notes(r, x, y, room, "mark", m.Mark)
	}
	for _, n := range m.Notes {
		y = s.notes(r, x, y, room, "note", n)
	}
	r.High = y - r.Y + rowPad + 2
}

// notes lays out text below a row's code.
func (s *sketch) notes(r *rowShape, x, y, room int, kind, note string) int {
	for _, part := range harmless.Wrap(note, room) {
		y += lineHigh
		r.Texts = append(r.Texts, text{x, y, kind, part})
	}
	return y
}

func leftCut(label string, wide int) string {
	most := int(float64(wide-12) / smallWide)
	if runes := []rune(label); len(runes) > most {
		return "…" + string(runes[len(runes)-most+1:])
	}
	return label
}

// kindOf is the shape of a moment's node.
func kindOf(m explored.Moment) string {
	switch {
	case m.Mark != "":
		return "race"
	case m.Waiting:
		return "waits"
	case m.Switch != "":
		return "switch"
	}
	return "step"
}

// end lays out what went wrong, and below it what each goroutine waits for.
func (s *sketch) end(r *rowShape, m explored.Moment) {
	r.AcrossEnd = true
	if len(m.Notes) > 0 {
		r.Across = m.Notes[0]
	}
	low := r.NodeY + 12
	for _, w := range s.Waits {
		if w.Lane < 0 {
			continue
		}
		x, y, room := s.left[w.Lane]+laneText-10, r.NodeY+10, s.room(w.Lane)
		if w.At.Label != "" {
			r.Texts = append(r.Texts, text{x, y + lineHigh, "at start", leftCut(w.At.Label, s.lane[w.Lane]-laneText)}, text{x, y + 2*lineHigh, "code", harmless.Cut(w.At.Source, room)})
			y += 2 * lineHigh
		}
		for _, said := range []string{w.For, w.Never} {
			if said != "" {
				y = s.notes(r, x, y, room, "mark", said)
			}
		}
		low = max(low, y)
	}
	r.High = low - r.Y + rowPad
}

// arrows shows where the goroutine that ran before was left, and what this moment wakes
// and starts.
func (s *sketch) arrows(r *rowShape, i int, m explored.Moment) {
	if m.From >= 0 && m.Lane >= 0 && i > 0 {
		from, to, top := s.left[m.From], s.left[m.Lane], r.Y+1
		r.Arrows = append(r.Arrows, arrow{"took", fmt.Sprintf("M%d %dV%dH%dV%d", from, s.nodes[i-1]+6, top, to, r.NodeY-9), fmt.Sprintf("%d,%d %d,%d %d,%d", to-4, r.NodeY-12, to+4, r.NodeY-12, to, r.NodeY-5)})
	}
	if m.Lane < 0 {
		return
	}
	low := r.Y + r.High - 5
	for _, lane := range m.Starts {
		r.Arrows = append(r.Arrows, s.sideways("starts", m.Lane, lane, r.NodeY, low))
	}
	for _, lane := range m.Wakes {
		if lane != m.Lane {
			r.Arrows = append(r.Arrows, s.sideways("wakes", m.Lane, lane, r.NodeY, low))
		}
	}
}

// sideways is an arrow from a node to another lane's line, below the row's text.
func (s *sketch) sideways(kind string, from, to, y, low int) arrow {
	x, end, way := s.left[from], s.left[to], 1
	if end < x {
		way = -1
	}
	return arrow{kind, fmt.Sprintf("M%d %dV%dH%d", x, y+6, low, end-way*8), fmt.Sprintf("%d,%d %d,%d %d,%d", end-way*9, low-4, end-way*9, low+4, end-way*1, low)}
}
