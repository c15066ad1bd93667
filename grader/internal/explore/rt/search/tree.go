package search

// Tree runs every choice at every state that a test can be in. Two orders come to the same
// state if they differ only in the order of events that do not touch the same object: for
// that, it trusts what Reduced trusts. Memory is left to the race detector; once that has
// reported a race, no two orders are the same.
type Tree struct {
	RacesEnd bool // a race ends the tree there
	Nodes    []TreeNode
	Racy     int // of them, how many come after a race

	Lost  bool // a schedule did not repeat its beginning, or a state was not the same again
	Spins bool // a goroutine waits by looking again and again
	Long  bool // a schedule has more steps than can be told apart

	keys    map[uint64]int
	open    []int // nodes that may have an option left to try
	started bool

	plan   []int32 // options that lead to a node with one left
	made   int     // choices of this schedule
	at     int     // the node that was reached last; -1 before the first
	option int     // that was taken there
	over   bool    // what follows is no part of the tree
	raced  bool
	past   past
	stands uint64 // where all goroutines are
}

// TreeNode is a state in which there is something to choose, or in which a schedule has ended.
type TreeNode struct {
	Options []int32 // goroutines in the order of their numbers, then Pass; or the values of a goroutine's operation
	To      []int   // by option: the next node; -1 while that is not known
	parent  int
	option  int // of the parent
	next    int // options before it are tried
}

// Pass is the option that time passes.
const Pass int32 = -1

// maxTree bounds the steps of a schedule. After 300 in a row a goroutine gives way, whatever
// its state.
const maxTree = 300

// Begin goes to a node with an option that was not tried, the one found last.
func (s *Tree) Begin(int) bool {
	if s.Lost || s.Spins || s.Long || s.started && !s.next() {
		return false
	}
	if !s.started {
		s.started, s.keys = true, map[uint64]int{}
	}
	s.made, s.at, s.over, s.raced, s.past = 0, -1, false, false, newPast()
	return true
}

func (s *Tree) next() bool {
	for len(s.open) > 0 {
		id := s.open[len(s.open)-1]
		if n := &s.Nodes[id]; n.untried() {
			s.plan = s.way(id)
			return true
		}
		s.open = s.open[:len(s.open)-1]
	}
	return false
}

func (n *TreeNode) untried() bool {
	for n.next < len(n.To) && n.To[n.next] >= 0 {
		n.next++
	}
	return n.next < len(n.To)
}

// way is the options that lead to a node by the way it was found.
func (s *Tree) way(id int) (options []int32) {
	for ; s.Nodes[id].parent >= 0; id = s.Nodes[id].parent {
		options = append(options, int32(s.Nodes[id].option))
	}
	for i, j := 0, len(options)-1; i < j; i, j = i+1, j-1 {
		options[i], options[j] = options[j], options[i]
	}
	return options
}

// Here is the node that the schedule has reached last, and the option taken there. What
// follows may be no part of the tree.
func (s *Tree) Here() (node, option int) { return s.at, s.option }

// Pick takes an option that is planned or was not tried: a goroutine that can go on does so.
func (s *Tree) Pick(v View) int {
	s.Spins = s.Spins || v.Yield
	s.past.settle(v)
	if s.raced = s.raced || v.Raced; s.over {
		return 0
	}
	if s.raced && s.RacesEnd {
		s.arrive(s.key(0), nil)
		s.over = true
		return 0
	}
	s.stands = v.Stands
	options := optionsOf(v)
	if s.choose(s.key(1), options); s.over {
		return 0
	}
	taken := options[s.option]
	for i, e := range v.Events {
		if e.G == taken {
			return i
		}
	}
	return len(v.Events)
}

// optionsOf is in an order that does not depend on which goroutine ran last.
func optionsOf(v View) (options []int32) {
	for _, e := range v.Events {
		i := len(options)
		options = append(options, e.G)
		for ; i > 0 && options[i-1] > e.G; i-- {
			options[i] = options[i-1]
		}
		options[i] = e.G
	}
	if v.Slip {
		options = append(options, Pass)
	}
	return options
}

// Choose tries each value.
func (s *Tree) Choose(n int) int {
	if s.over {
		return 0
	}
	options := make([]int32, n)
	for i := range options {
		options[i] = int32(i)
	}
	s.choose(s.key(2), options)
	if s.over {
		return 0
	}
	s.past.now.choice = s.option + 1
	return s.option
}

// key names a state. After a race it is the way there.
func (s *Tree) key(what uint64) uint64 {
	if s.raced {
		return mixed(uint64(s.at)+3, uint64(s.option))
	}
	if what == 2 {
		what += s.past.now.Name << 2
	}
	return mixed(mixed(s.past.state, s.stands), what)
}

// choose arrives at a node and takes an option of it.
func (s *Tree) choose(key uint64, options []int32) {
	s.arrive(key, options)
	if s.over {
		return
	}
	n := &s.Nodes[s.at]
	switch {
	case s.made < len(s.plan):
		s.option = int(s.plan[s.made])
	case n.untried():
		s.option = n.next
	default: // all that follows is known
		s.over = true
	}
	s.made++
	if !s.over && s.option >= len(n.To) {
		s.Lost, s.over = true, true
	}
}

// arrive links the last node to the one with a key, which is made if there is none.
func (s *Tree) arrive(key uint64, options []int32) {
	id, known := s.keys[key]
	if !known {
		id = len(s.Nodes)
		s.keys[key] = id
		if s.raced {
			s.Racy++
		}
		s.Nodes = append(s.Nodes, newNode(options, s.at, s.option))
		s.open = append(s.open, id)
	}
	if !same(s.Nodes[id].Options, options) {
		s.Lost, s.over = true, true
		return
	}
	if s.at >= 0 {
		to := &s.Nodes[s.at].To[s.option]
		if *to >= 0 && *to != id {
			s.Lost, s.over = true, true
			return
		}
		*to = id
	}
	s.at = id
}

func newNode(options []int32, parent, option int) TreeNode {
	n := TreeNode{Options: options, To: make([]int, len(options)), parent: parent, option: option}
	for i := range n.To {
		n.To[i] = -1
	}
	return n
}

func same(a, b []int32) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// Ran notes a step.
func (s *Tree) Ran(v View, k int) {
	s.past.settle(v)
	if s.past.steps++; s.past.steps > maxTree {
		s.Long = true
	}
	e := Event{Name: slip, G: Pass, Kind: All}
	if k < len(v.Events) {
		e = v.Events[k]
	}
	s.past.now = &running{Event: e}
}

// Ended is End for a schedule in which the race detector has reported something, or not.
// What it came to is a node without options.
func (s *Tree) Ended(raced bool) {
	s.past.finish()
	s.stands = 0
	if s.raced = s.raced || raced; s.over || s.Lost {
		return
	}
	if s.made < len(s.plan) {
		s.Lost = true
		return
	}
	s.arrive(s.key(0), nil)
}

// End is for schedules of which nothing else is known.
func (s *Tree) End(int) { s.Ended(false) }
