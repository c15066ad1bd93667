package search

// places gives each place of the code a random priority, the same for whichever
// goroutine comes there, and draws between goroutines at one place. So all of a
// crowd stop before one line, or rush past it, at the price of one choice: a bug
// that needs an order of k places takes some k! schedules, with however many
// goroutines.
type places struct {
	draw
	prio map[uint64]uint64
	ran  map[uint64]int // since the place was lowered last
	low  uint64
	at   pending[uint64]
}

func (s *places) Begin(i int) bool {
	s.begin(i)
	s.prio, s.ran, s.low = map[uint64]uint64{}, map[uint64]int{}, floor
	s.at.reset()
	return true
}

func (s *places) Pick(v View) int {
	if s.slips(v) {
		return len(v.Events)
	}
	return highest(v.Fair(), func(e Event) uint64 { return s.at.of(e, s.priority) })
}

// A place that goroutines come to again and again is lowered, or those that wait
// there for another would starve it.
const (
	floor   = 1 << 60 // of priorities as they are drawn
	patient = 300     // events at one place
)

func (s *places) Ran(v View, k int) {
	if k == len(v.Events) {
		return
	}
	e := v.Events[k]
	if s.ran[e.Key]++; s.ran[e.Key] > patient {
		s.ran[e.Key] = 0
		s.low -= 1 << tie
		s.prio[e.Key] = s.low
	}
}

// End learns nothing.
func (s *places) End(int) {}

// tie is the bits that order goroutines at one place.
const tie = 20

func (s *places) priority(e Event) uint64 {
	own := floor + s.r.Uint64()>>1
	if _, known := s.prio[e.Key]; !known {
		s.prio[e.Key] = floor + s.r.Uint64()>>1
	}
	return s.prio[e.Key]>>tie<<tie | own&(1<<tie-1)
}
