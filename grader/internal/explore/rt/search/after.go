package search

// after makes choices that are given, and leaves the rest of each schedule to another
// strategy.
type after struct {
	Strategy
	given []int32
	pos   int
}

// After begins every schedule of a strategy with the choices given.
func After(given []int32, rest Strategy) Strategy { return &after{Strategy: rest, given: given} }

func (s *after) Begin(i int) bool {
	s.pos = 0
	return s.Strategy.Begin(i)
}

func (s *after) Pick(v View) int {
	if k, ok := s.next(); ok {
		return k
	}
	return s.Strategy.Pick(v)
}

func (s *after) Choose(n int) int {
	if k, ok := s.next(); ok {
		return k
	}
	return s.Strategy.Choose(n)
}

func (s *after) next() (int, bool) {
	if s.pos == len(s.given) {
		return 0, false
	}
	s.pos++
	return int(s.given[s.pos-1]), true
}
