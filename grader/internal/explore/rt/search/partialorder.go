package search

// Reduced runs every schedule but those that only exchange events which do not touch
// the same object: dynamic partial-order reduction with source sets and sleep sets.
// Flanagan, Godefroid, POPL 2005; Abdulla, Aronis, Jonsson, Sagonas, "Source Sets: A
// Foundation for Optimal Dynamic Partial Order Reduction", JACM 2017. Letting time
// pass, and what a select tries first, are branches of their own.
//
// It holds for code whose goroutines meet in nothing but the operations that are
// points; memory is left to the race detector, which sees a race in any schedule that
// orders the rest as the one with the race does.
type Reduced struct {
	Complete int  // schedules that differ from each other
	Blocked  int  // schedules that turned out to repeat another
	Lost     bool // a schedule did not repeat its beginning: nothing is proven
	Spins    bool // a goroutine waits by looking again and again: nothing is proven

	path    []*branch
	pos     int
	started bool
	blocked bool
	sleep   map[uint64]Event
	trace   []step
	ready   map[uint64]ready // goroutines that could go on, and since when
}

// branch is a point where there was a choice.
type branch struct {
	at      int // in the trace
	events  map[uint64]Event
	order   []uint64 // the names in events, in order
	taken   uint64
	todo    map[uint64]bool
	done    map[uint64]bool
	sleep   map[uint64]Event
	choices int // of a select; 0 for a choice of goroutines
	value   int // that is taken
	skip    int // so many values after it come to the same
}

type step struct {
	Event
	branch int  // that it was chosen at, or -1
	choice int  // branch of its select, or -1
	after  int  // the step that let it go on, or -1
	all    bool // everything before it happened before it
	over   bool // what it touched is known
}

type ready struct {
	seq   int32
	after int
}

// slip is the name of time.
const slip = ^uint64(0)

// Begin moves on to the next schedule, depth first.
func (s *Reduced) Begin(int) bool {
	if s.started && !s.next() {
		return false
	}
	s.started = true
	s.pos, s.blocked, s.trace = 0, false, s.trace[:0]
	s.sleep, s.ready = map[uint64]Event{}, map[uint64]ready{}
	return true
}

// next takes the deepest branch with something left to do.
func (s *Reduced) next() bool {
	for len(s.path) > 0 {
		b := s.path[len(s.path)-1]
		if b.advance() {
			return true
		}
		s.path = s.path[:len(s.path)-1]
	}
	return false
}

func (b *branch) advance() bool {
	if b.choices > 0 {
		b.value, b.skip = b.value+1+b.skip, 0
		return b.value < b.choices
	}
	for _, name := range b.order {
		if _, asleep := b.sleep[name]; b.todo[name] && !b.done[name] && !asleep {
			b.done[name], b.taken = true, name
			return true
		}
	}
	return false
}

// maxTrace bounds what is looked through for orders that matter.
const maxTrace = 5000

// Pick follows the path, then continues with the first goroutine that does not sleep.
func (s *Reduced) Pick(v View) int {
	s.Spins = s.Spins || v.Yield
	s.settle(v)
	if s.blocked {
		return 0
	}
	if s.pos == len(s.path) {
		b := s.newBranch(v)
		if b == nil {
			s.blocked = true
			return 0
		}
		s.path = append(s.path, b)
	}
	b := s.path[s.pos]
	s.pos++
	b.at = len(s.trace)
	for name := range b.sleep {
		s.sleep[name] = b.sleep[name]
	}
	for name := range b.done {
		if name != b.taken && name != slip {
			s.sleep[name] = b.events[name]
		}
	}
	if b.taken == slip && v.Slip {
		return len(v.Events)
	}
	for i, e := range v.Events {
		if e.Name == b.taken {
			return i
		}
	}
	s.Lost, s.blocked = true, true
	return 0
}

// newBranch is nil if every goroutine sleeps.
func (s *Reduced) newBranch(v View) *branch {
	b := &branch{events: map[uint64]Event{}, todo: map[uint64]bool{}, done: map[uint64]bool{}, sleep: map[uint64]Event{}}
	for _, e := range v.Events {
		b.events[e.Name] = e
		b.order = append(b.order, e.Name)
		if asleep, ok := s.sleep[e.Name]; ok {
			b.sleep[e.Name] = asleep
		} else if b.taken == 0 {
			b.taken = e.Name
		}
	}
	if v.Slip {
		b.order = append(b.order, slip)
		b.todo[slip] = true
		if b.taken == 0 {
			b.taken = slip
		}
	}
	if b.taken == 0 {
		return nil
	}
	b.todo[b.taken], b.done[b.taken] = true, true
	return b
}

// Choose tries the values one after the other, without those that came to the same.
func (s *Reduced) Choose(n int) int {
	if s.blocked {
		return 0
	}
	if s.pos == len(s.path) {
		s.path = append(s.path, &branch{at: len(s.trace) - 1, choices: n})
	}
	b := s.path[s.pos]
	if b.choices != n {
		s.Lost, s.blocked = true, true
		return 0
	}
	s.trace[len(s.trace)-1].choice = s.pos
	s.pos++
	return b.value
}

// Ran records a step: which goroutines it lets continue, and which sleepers it wakes.
func (s *Reduced) Ran(v View, k int) {
	s.settle(v)
	if s.blocked {
		return
	}
	all := v.Passed
	e := Event{Name: slip, Kind: All}
	if k < len(v.Events) {
		e = v.Events[k]
	} else {
		all = true
	}
	s.readies(v)
	if _, asleep := s.sleep[e.Name]; asleep {
		s.blocked = true // the only one that could go on
		return
	}
	now := step{Event: e, branch: -1, choice: -1, after: -1, all: all}
	if r, ok := s.ready[e.Name]; ok && r.seq == e.Seq && e.Kind != Lock {
		now.after = r.after
	}
	if v.Options() > 1 {
		now.branch = s.pos - 1
	}
	if len(s.trace) == maxTrace {
		s.Lost, s.blocked = true, true
		return
	}
	s.trace = append(s.trace, now)
}

// readies notes which goroutines can go on since the last step.
func (s *Reduced) readies(v View) {
	last := uint64(0)
	if len(s.trace) > 0 {
		last = s.trace[len(s.trace)-1].Name
	}
	for _, e := range v.Events {
		r, ok := s.ready[e.Name]
		if ok && r.seq == e.Seq {
			continue
		}
		r = ready{seq: e.Seq, after: -1}
		if e.Name != last {
			r.after = len(s.trace) - 1
		}
		s.ready[e.Name] = r
	}
}

// settle learns what the last step has touched, and wakes the sleepers that depend on it.
func (s *Reduced) settle(v View) {
	if len(s.trace) == 0 || s.blocked {
		return
	}
	last := &s.trace[len(s.trace)-1]
	if last.over {
		return
	}
	last.over, last.Touched = true, v.Touched
	if last.branch >= 0 && last.Name != slip {
		s.path[last.branch].events[last.Name] = last.Event
	}
	if last.choice >= 0 {
		s.took(s.path[last.choice], v.Took)
	}
	now := map[uint64]Event{}
	for _, e := range v.Events {
		now[e.Name] = e
	}
	for name, e := range s.sleep {
		current, ok := now[name] // at the addresses of this schedule
		current.Touched = e.Touched
		if !ok || name == last.Name || current.Depends(last.Event) {
			delete(s.sleep, name) // without it, the step has kept it from going on
		}
	}
}

// took notes which operation a select took. Those that were tried before it could not
// go on, so to begin with them comes to the same.
func (s *Reduced) took(b *branch, took int) {
	switch {
	case took < 0:
		b.skip = b.choices
	case took > 0 && took-1 < b.value:
		s.blocked = true // as the first one that was tried
	case took > 0:
		b.skip = took - 1 - b.value
	}
}

// End looks for pairs of steps that could have run the other way round, and plans
// schedules in which they do.
func (s *Reduced) End(int) {
	if s.blocked {
		s.Blocked++
	} else {
		s.Complete++
	}
	if n := len(s.trace); n > 0 && !s.trace[n-1].over {
		s.trace[n-1].Touched = Clock | Random
	}
	if !s.Lost {
		(&races{Reduced: s}).plan()
	}
}
