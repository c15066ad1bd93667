package search

// pos gives each event a random priority, and a new one whenever an event that
// conflicts with it has run: Yuan, Yang, Gu, "Partial Order Aware Concurrency
// Sampling", CAV 2018.
type pos struct {
	draw
	prio   pending[uint64]
	events []Event // of the last choice
}

func (s *pos) Begin(i int) bool {
	s.begin(i)
	s.prio.reset()
	s.events = s.events[:0]
	return true
}

func (s *pos) Pick(v View) int {
	s.events = append(s.events[:0], v.Events...)
	if s.slips(v) {
		return len(v.Events)
	}
	return highest(v.Fair(), s.priority)
}

func (s *pos) priority(e Event) uint64 {
	return s.prio.of(e, func(Event) uint64 { return s.r.Uint64() })
}

func (s *pos) Ran(v View, k int) {
	if k == len(v.Events) {
		return
	}
	e := v.Events[k]
	for _, other := range s.events {
		if e.Conflicts(other) {
			s.prio.forget(other.G)
		}
	}
}

func (s *pos) End(int) {}
