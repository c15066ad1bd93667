package wire

// Tree is every choice of a test with one draw of random numbers.
type Tree struct {
	Why      Gap        `json:"why,omitempty"` // it is not whole, and then there is nothing else
	RacesEnd bool       `json:"races_end"`     // a race ends it, and the rest of that schedule takes no switch
	Steps    []Step     `json:"steps"`         // that traces are made of
	Runs     []TreeRun  `json:"runs"`
	Nodes    []TreeNode `json:"nodes"` // where a choice can be made, or a schedule has ended; the first is the beginning
}

// Gap is why a tree is not whole.
type Gap string

// The gaps: it has too many nodes, or takes too long; an order of its does not end; it is not
// known which orders differ.
const (
	TooMany Gap = "many"
	Endless Gap = "endless"
	Unknown Gap = "unknown"
)

// TreeRun is a schedule that was run.
type TreeRun struct {
	Trace    []int    `json:"trace"` // by Tree.Steps
	Kind     Kind     `json:"kind"`
	Schedule string   `json:"schedule"`
	Finding  *Finding `json:"finding,omitempty"`
}

// TreeNode is a state of a test.
type TreeNode struct {
	Run     int       `json:"run"` // by which it was reached first
	At      int       `json:"at"`  // after so many steps of it, without marks; -1: at its end
	Waiting []Waiting `json:"waiting,omitempty"`
	Turn    Turn      `json:"turn"`  // nothing to choose: the run ends here
	Edges   []Edge    `json:"edges"` // in the order of the goroutines' numbers, then time that passes; or of the values
}

// Edge leads to the node that an option leads to.
type Edge struct {
	To   int `json:"to"`   // the node
	Run  int `json:"run"`  // that has taken it
	From int `json:"from"` // from this step of the run on
	Till int `json:"till"` // before this one; -1: to its end
}

// Marked reports whether an entry of a trace is an access on the way to the next step, or the
// start of a goroutine.
func (s Step) Marked() bool { return s.Op == Mark || s.Starts > 0 }
