package search

// surw samples the orders of one group of conflicting events evenly, and lets the
// rest go as it may: Zhao et al., "Selectively Uniform Concurrency Testing", ASPLOS
// 2025. The group is the places that conflict with one that is drawn; how many of
// its events each goroutine has is what the first schedule showed.
type surw struct {
	draw
	profile *profile
	group   map[int32]bool
	left    map[uint64]int // events of the group that are to come, by name, with those of goroutines not yet started
	seen    map[uint64]bool
	next    uint64 // the goroutine whose event of the group is to be the next
	at      pending[int32]
	free    []int
}

func (s *surw) Begin(i int) bool {
	s.begin(i)
	s.at.reset()
	s.group, s.left, s.seen, s.next = map[int32]bool{}, map[uint64]int{}, map[uint64]bool{}, 0
	p := s.profile
	if len(p.pairs) == 0 {
		return true
	}
	x := p.pairs[s.r.IntN(len(p.pairs))]
	place := x.first
	if s.r.IntN(2) == 0 {
		place = x.second
	}
	s.group[place] = true
	for _, x := range p.pairs {
		if x.first == place {
			s.group[x.second] = true
		}
		if x.second == place {
			s.group[x.first] = true
		}
	}
	for name := range p.counts {
		s.total(name)
	}
	return true
}

// total counts a goroutine's events of the group, with its descendants'.
func (s *surw) total(name uint64) int {
	if n, ok := s.left[name]; ok {
		return n
	}
	n := 0
	s.left[name] = 0 // it is harmless if names form a cycle
	for place, times := range s.profile.counts[name] {
		if s.group[place] {
			n += times
		}
	}
	for _, child := range s.profile.children[name] {
		n += s.total(child)
	}
	s.left[name] = n
	return n
}

func (s *surw) Pick(v View) int {
	if s.slips(v) {
		return len(v.Events)
	}
	events := v.Fair()
	for _, e := range events {
		if !s.seen[e.Name] {
			s.seen[e.Name] = true
			s.left[e.From] -= s.left[e.Name]
		}
	}
	if s.next == 0 || !s.enabled(events) {
		s.intend(events)
	}
	s.free = s.free[:0]
	for i, e := range events {
		if e.Name == s.next || !s.grouped(e) {
			s.free = append(s.free, i)
		}
	}
	if len(s.free) == 0 {
		return s.r.IntN(len(events))
	}
	return s.free[s.r.IntN(len(s.free))]
}

func (s *surw) enabled(events []Event) bool {
	for _, e := range events {
		if e.Name == s.next || !s.grouped(e) {
			return true
		}
	}
	return false
}

func (s *surw) grouped(e Event) bool {
	return s.group[s.at.of(e, func(e Event) int32 { return s.profile.place(e.Key) })]
}

// intend draws the goroutine whose event of the group is the next, by how many it
// has left.
func (s *surw) intend(events []Event) {
	sum := 0
	for _, e := range events {
		sum += max(0, s.left[e.Name])
	}
	if sum == 0 {
		s.next = events[s.r.IntN(len(events))].Name
		return
	}
	n := s.r.IntN(sum)
	for _, e := range events {
		if n -= max(0, s.left[e.Name]); n < 0 {
			s.next = e.Name
			return
		}
	}
}

func (s *surw) Ran(v View, k int) {
	if k == len(v.Events) {
		return
	}
	e := v.Events[k]
	if s.group[s.profile.place(e.Key)] {
		s.left[e.Name]--
		s.next = 0
	}
}

func (s *surw) End(int) {}
