package search

// pct gives goroutines random priorities and lowers the running one's at depth-1
// random steps: Burckhardt et al., "A Randomized Scheduler with Probabilistic
// Guarantees of Finding Bugs", ASPLOS 2010. A goroutine that spins is lowered
// too, or it would starve the rest.
type pct struct {
	deaf
	draw
	depth  int
	change []int
	step   int
	low    int
	prio   []int // by goroutine
}

const minLength = 20

func (s *pct) Begin(i int) bool {
	s.begin(i)
	s.change = s.change[:0]
	for range s.depth - 1 {
		s.change = append(s.change, s.r.IntN(max(*s.length, minLength)))
	}
	s.step, s.low, s.prio = 0, 0, s.prio[:0]
	return true
}

func (s *pct) Pick(v View) int {
	for _, e := range v.Events {
		for int(e.G) >= len(s.prio) {
			s.prio = append(s.prio, 1+s.r.IntN(1<<30))
		}
	}
	if s.slips(v) {
		return len(v.Events)
	}
	if v.Yield {
		s.lower(v.Events[len(v.Events)-1].G)
	}
	for _, at := range s.change {
		if at == s.step {
			s.lower(v.Events[s.highest(v.Events)].G)
		}
	}
	s.step++
	return s.highest(v.Events)
}

func (s *pct) lower(g int32) {
	s.low--
	s.prio[g] = s.low
}

func (s *pct) highest(events []Event) int {
	best := 0
	for i, e := range events {
		if s.prio[e.G] > s.prio[events[best].G] {
			best = i
		}
	}
	return best
}
