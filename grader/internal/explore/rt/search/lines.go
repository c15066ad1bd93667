package search

// maxArrivals bounds how many arrivals are remembered, and how many lines.
const maxArrivals = 4096

// arrival is a goroutine at a place of the code, for the nth time.
type arrival struct {
	name  uint64
	place int32
	nth   int32
}

// line is what the first schedules have shown of one object: which goroutines come to it,
// and how often.
type line struct {
	members []member
	writes  bool
}

type member struct {
	name      uint64
	now, most int // how often it has come in this schedule, and at most
}

// contended reports whether it matters in which order goroutines come.
func (l *line) contended() bool { return l.writes && len(l.members) > 1 }

// turns appends a goroutine's name for each time that it comes.
func (l *line) turns(to []uint64) []uint64 {
	for _, m := range l.members {
		for range m.most {
			to = append(to, m.name)
		}
	}
	return to
}

// queues reports whether an event takes its turn at an object. What gives a lock back does
// not: it can run only after what took it.
func (e Event) queues() bool { return e.Obj != 0 && !e.Joins && e.Kind != Unlock && e.Kind != RUnlock }

// comes learns that a goroutine comes to an object.
func (p *profile) comes(e Event, place int32) {
	a := arrival{name: e.Name, place: place}
	a.nth = p.come[a]
	p.come[arrival{name: e.Name, place: place}]++
	n, known := p.arrivals[a]
	at, seen := p.at[e.Obj]
	switch {
	case seen:
	case known:
		at = n
	case len(p.lines) >= maxArrivals:
		return
	default:
		at = int32(len(p.lines))
		p.lines = append(p.lines, &line{})
	}
	p.at[e.Obj] = at
	if !known {
		if len(p.arrivals) >= maxArrivals {
			return
		}
		p.arrivals[a], n = at, at
	}
	p.lines[n].add(e)
}

func (l *line) add(e Event) {
	l.writes = l.writes || !e.Reads
	for i := range l.members {
		if m := &l.members[i]; m.name == e.Name {
			m.now++
			m.most = max(m.most, m.now)
			return
		}
	}
	l.members = append(l.members, member{name: e.Name, now: 1, most: 1})
}

// anew begins another schedule.
func (l *line) anew() {
	for i := range l.members {
		l.members[i].now = 0
	}
}
