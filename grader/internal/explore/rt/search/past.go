package search

// past is the state that a schedule has come to, as far as a sum can tell: the same for two
// schedules of the same events if those that depend on each other ran in the same order.
type past struct {
	state   uint64 // the sum of all events
	alls    uint64 // of those that touch everything
	last    map[uint64]uint64
	touched map[uintptr][]trace
	now     *running // the step under way; nil if there is none
	steps   int
}

// trace is what an event has left at an object.
type trace struct {
	kind Kind
	sum  uint64
}

// running is an event of which it is not yet known all that it touches.
type running struct {
	Event
	choice int // 1 + the value that it took; 0 if there was none to choose
}

func newPast() past {
	return past{last: map[uint64]uint64{}, touched: map[uintptr][]trace{}}
}

// settle adds the step under way, now that it has run, and time that has passed since.
func (p *past) settle(v View) {
	if p.now == nil {
		return
	}
	if v.Took != 0 { // which operation it tried first does not show
		p.now.choice = 1000 + v.Took
	}
	p.now.Touched = v.Touched
	slipped := p.now.Name == slip
	p.add()
	if v.Passed && !slipped {
		p.now = &running{Event: Event{Name: slip, Kind: All}}
		p.add()
	}
}

// finish adds the last step, of which it is not known what it has touched.
func (p *past) finish() {
	if p.now != nil {
		p.now.Touched = Clock | Random
		p.add()
	}
}

func (p *past) add() {
	e := p.now
	p.now = nil
	before := p.before(e.Event)
	sum := mixed(mixed(mixed(e.Name, uint64(uint32(e.G))<<32|uint64(uint32(e.Seq))), mixed(e.Key, uint64(e.choice))), before)
	p.state += sum
	p.last[e.Name] = sum
	if e.Kind == All {
		p.alls += sum
		return
	}
	e.each(func(obj uintptr, kind Kind) {
		if kind != Free {
			p.touched[obj] = append(p.touched[obj], trace{kind, sum})
		}
	})
}

// before sums up the events that an event depends on.
func (p *past) before(e Event) uint64 {
	if e.Kind == All {
		return mixed(p.state, 1)
	}
	sum := mixed(p.last[e.Name], p.alls)
	e.each(func(obj uintptr, kind Kind) {
		for _, t := range p.touched[obj] {
			if depend(t.kind, kind) {
				sum += mixed(t.sum, 2)
			}
		}
	})
	return sum
}

// mixed is one number of two, in which each bit counts (splitmix64).
func mixed(a, b uint64) uint64 {
	z := a*0x9e3779b97f4a7c15 ^ b
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z += b * 0xd6e8feb86659fd93
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
