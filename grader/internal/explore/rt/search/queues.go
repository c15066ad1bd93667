package search

import "slices"

// queues draws, for each object, in which order the goroutines come to it, and holds
// them back until it is their turn. Which of them come to it, and how often, is what
// the first schedules have shown. So the orders at one object are drawn evenly, as
// with surw, but for all objects at a time: a token that passes through n goroutines,
// each with a cell of its own, takes 2ⁿ schedules rather than n!.
type queues struct {
	draw
	profile *profile
	drawn   [][]uint64 // the names of goroutines in the order of their turns, by line
	queues  [][]uint64 // of drawn, those whose turn is still to come
	come    map[arrival]int32
	at      pending[int32] // the line of a goroutine's event
	lots    lots
	waits   int   // how many choices have held an event back since a queue has moved on
	free    []int // indices of events that nothing holds back
}

func (s *queues) Begin(i int) bool {
	s.begin(i)
	s.at.reset()
	s.lots.reset()
	s.waits, s.come = 0, map[arrival]int32{}
	for len(s.queues) < len(s.profile.lines) {
		s.drawn, s.queues = append(s.drawn, nil), append(s.queues, nil)
	}
	manner := manners[s.r.IntN(len(manners))]
	for i, l := range s.profile.lines {
		s.drawn[i] = s.drawn[i][:0]
		if l.contended() {
			s.drawn[i] = l.turns(s.drawn[i])
			s.arrange(s.drawn[i], manner)
		}
		s.queues[i] = s.drawn[i]
	}
	return true
}

// patience is how many choices, for each goroutine that can go on, may hold one of them
// back before a queue moves on: one that spins may wait for just that one.
const patience = 25

// manners are how likely a goroutine comes to an object again before another one does; with
// -1, each order is as likely as any other.
var manners = [...]float64{-1, -1, -1, 0, 0.5, 0.9}

// arrange draws an order. A program of many calls has long queues, and the race detector
// need not watch what only the controller's goroutine touches.
//
//go:norace
func (s *queues) arrange(q []uint64, again float64) {
	for i := len(q) - 1; i > 0; i-- {
		j := s.r.Uint64N(uint64(i + 1))
		q[i], q[j] = q[j], q[i]
	}
	if again < 0 {
		return
	}
	mixed := true // whether several goroutines are among those from i-1 on
	for i := 1; i < len(q); i++ {
		same := s.r.Float64() < again
		j := i
		for j < len(q) && mixed && (q[j] == q[i-1]) != same {
			j++
		}
		if mixed = mixed && (same || j < len(q)); mixed && j < len(q) {
			q[i], q[j] = q[j], q[i]
		}
	}
}

func (s *queues) Pick(v View) int {
	s.lots.see(v)
	if s.slips(v) {
		return len(v.Events)
	}
	events := v.Fair()
	for s.release(events); len(s.free) == 0; s.release(events) {
		s.pass(events[s.r.IntN(len(events))])
	}
	if len(s.free) < len(events) {
		if s.waits++; s.waits > patience*len(events) {
			s.waits = 0
			s.pass(events[s.r.IntN(len(events))])
		}
	}
	return s.lots.draw(s.r, events, s.free)
}

// release lists the events that no queue holds back.
func (s *queues) release(events []Event) {
	s.free = s.free[:0]
	for i, e := range events {
		if s.turn(e) {
			s.free = append(s.free, i)
		}
	}
}

// turn reports whether no queue holds an event back.
func (s *queues) turn(e Event) bool {
	line := s.at.of(e, s.line)
	return line < 0 || len(s.queues[line]) == 0 || s.queues[line][0] == e.Name || !slices.Contains(s.queues[line], e.Name)
}

// pass puts last the first of the queue that holds an event back.
func (s *queues) pass(held Event) {
	line := s.at.of(held, s.line)
	if line < 0 || len(s.queues[line]) == 0 {
		return
	}
	q := s.queues[line]
	first := q[0]
	copy(q, q[1:])
	q[len(q)-1] = first
}

// line is the line of an event, or -1 if it is in none.
func (s *queues) line(e Event) int32 {
	a := arrival{name: e.Name, place: s.profile.place(e.Key)}
	a.nth = s.come[a]
	if line, ok := s.profile.arrivals[a]; ok && int(line) < len(s.queues) {
		return line
	}
	return -1
}

func (s *queues) Ran(v View, k int) {
	if k == len(v.Events) {
		return
	}
	e := v.Events[k]
	s.lots.ran(e)
	if line := s.at.of(e, s.line); line >= 0 {
		s.leave(line, e.Name)
	}
	if e.queues() {
		s.come[arrival{name: e.Name, place: s.profile.place(e.Key)}]++
	}
}

// leave removes the next turn of a goroutine from a queue.
func (s *queues) leave(line int32, name uint64) {
	switch i := slices.Index(s.queues[line], name); {
	case i == 0:
		s.queues[line] = s.queues[line][1:]
	case i > 0:
		s.queues[line] = slices.Delete(s.queues[line], i, i+1)
	}
}

func (s *queues) End(int) {}
