package search

// pos runs the event with the highest of the priorities that are drawn.
type pos struct {
	draw
	lots lots
	all  []int // 0, 1, 2, …: no event is held back
}

func (s *pos) Begin(i int) bool {
	s.begin(i)
	s.lots.reset()
	return true
}

func (s *pos) Pick(v View) int {
	s.lots.see(v)
	if s.slips(v) {
		return len(v.Events)
	}
	events := v.Fair()
	for len(s.all) < len(events) {
		s.all = append(s.all, len(s.all))
	}
	return s.lots.draw(s.r, events, s.all[:len(events)])
}

func (s *pos) Ran(v View, k int) {
	if k < len(v.Events) {
		s.lots.ran(v.Events[k])
	}
}

func (s *pos) End(int) {}
