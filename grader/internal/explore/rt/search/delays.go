package search

// Delays enumerates every schedule with at most bound delays. A delay passes
// over the goroutine whose turn it is, round robin: Emmi, Qadeer, Rakamarić,
// "Delay-Bounded Scheduling", POPL 2011. Letting time pass costs one delay, and
// so does trying another operation of a select first.
type Delays struct {
	Bound   int
	path    []node
	pos     int
	used    int
	started bool
}

type node struct {
	options, at int
	slip        bool // the last option lets time pass
	choose      bool // of a select
	spent       int  // before this node
}

func (n node) cost(i int) int {
	if i > 0 && (n.choose || n.slip && i == n.options-1) {
		return 1
	}
	return i
}

// Begin moves on to the next schedule, depth first.
func (s *Delays) Begin(int) bool {
	s.pos, s.used = 0, 0
	if !s.started {
		s.started = true
		return true
	}
	for len(s.path) > 0 {
		n := &s.path[len(s.path)-1]
		for n.at+1 < n.options {
			n.at++
			if n.spent+n.cost(n.at) <= s.Bound {
				return true
			}
		}
		s.path = s.path[:len(s.path)-1]
	}
	return false
}

func (s *Delays) take(n node) int {
	if s.pos == len(s.path) {
		n.spent = s.used
		s.path = append(s.path, n)
	}
	now := s.path[s.pos]
	s.pos++
	s.used = now.spent + now.cost(now.at)
	return now.at
}

// Pick counts from the goroutine whose turn it is: the current one, or the next
// by number.
func (s *Delays) Pick(v View) int {
	n := len(v.Events)
	k := s.take(node{options: v.Options(), slip: v.Slip})
	if k == n || v.Current || v.Yield || v.Last < 0 {
		return k
	}
	turn := 0
	for turn < n && v.Events[turn].G < v.Last {
		turn++
	}
	return (k + turn) % n
}

// Choose tries the first value first.
func (s *Delays) Choose(n int) int { return s.take(node{options: n, choose: true}) }

// Ran learns nothing.
func (s *Delays) Ran(View, int) {}

// End forgets what lies beyond the end of the run.
func (s *Delays) End(int) { s.path = s.path[:min(s.pos, len(s.path))] }
