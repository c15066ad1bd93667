package search

// orders draws a few orders between places that conflict, as the first schedules
// have shown them, and holds goroutines back until these orders have come true.
// Which write a read sees, and who gets a lock first, are such orders: Wolff et al.,
// "Greybox Fuzzing for Concurrency Testing", ASPLOS 2024, draw the former.
type orders struct {
	draw
	profile *profile
	wanted  []*order
	at      pending[int32] // the place of a goroutine's event
	lots    lots
	free    []int // indices of events that nothing holds back
}

// order wants an event at the place before, by another goroutine, to run before any
// event at the place after.
type order struct {
	before, after int32
	ran           int // goroutines that have run before: 0, 1 or more
	by            int32
}

// holds reports whether a goroutine at the later place has to wait.
func (o *order) holds(g int32) bool { return o.ran == 0 || o.ran == 1 && o.by == g }

// maxOrders is how many orders one schedule may ask for.
const maxOrders = 4

func (s *orders) Begin(i int) bool {
	s.begin(i)
	s.at.reset()
	s.lots.reset()
	s.wanted = s.wanted[:0]
	if len(s.profile.pairs) == 0 {
		return true
	}
	for range 1 + s.r.IntN(maxOrders) {
		p := s.profile.pairs[s.r.IntN(len(s.profile.pairs))]
		if s.r.IntN(2) == 0 {
			p.first, p.second = p.second, p.first
		}
		if !s.wants(p.second, p.first) {
			s.wanted = append(s.wanted, &order{before: p.first, after: p.second})
		}
	}
	return true
}

func (s *orders) wants(before, after int32) bool {
	for _, o := range s.wanted {
		if o.before == before && o.after == after {
			return true
		}
	}
	return false
}

func (s *orders) Pick(v View) int {
	s.lots.see(v)
	if s.slips(v) {
		return len(v.Events)
	}
	events := v.Fair()
	for s.release(events); len(s.free) == 0; s.release(events) {
		s.giveUp(events)
	}
	return s.lots.draw(s.r, events, s.free)
}

// release lists the events that no order holds back.
func (s *orders) release(events []Event) {
	s.free = s.free[:0]
	for i, e := range events {
		if s.holder(e) < 0 {
			s.free = append(s.free, i)
		}
	}
}

// holder is the order that holds an event back, or -1.
func (s *orders) holder(e Event) int {
	place := s.at.of(e, func(e Event) int32 { return s.profile.place(e.Key) })
	for i, o := range s.wanted {
		if o.after == place && o.holds(e.G) {
			return i
		}
	}
	return -1
}

// giveUp drops an order that holds back one of the events, when all are held.
func (s *orders) giveUp(events []Event) {
	i := s.holder(events[s.r.IntN(len(events))])
	s.wanted = append(s.wanted[:i], s.wanted[i+1:]...)
}

func (s *orders) Ran(v View, k int) {
	if k == len(v.Events) {
		return
	}
	e := v.Events[k]
	s.lots.ran(e)
	if len(s.wanted) == 0 {
		return
	}
	place := s.profile.place(e.Key)
	for _, o := range s.wanted {
		if o.before == place && (o.ran == 0 || o.ran == 1 && o.by != e.G) {
			o.ran++
			o.by = e.G
		}
	}
}

func (s *orders) End(int) {}
