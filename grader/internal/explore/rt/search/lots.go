package search

import "math/rand/v2"

// lots gives each event a random priority, and a new one whenever an event that
// conflicts with it has run: Yuan, Yang, Gu, "Partial Order Aware Concurrency
// Sampling", CAV 2018.
type lots struct {
	prio   pending[uint64]
	events []Event // of the last choice
}

func (l *lots) reset() {
	l.prio.reset()
	l.events = l.events[:0]
}

// see remembers what there is to choose from.
func (l *lots) see(v View) { l.events = append(l.events[:0], v.Events...) }

// draw returns which of the events has the highest priority, of those that are free.
func (l *lots) draw(r *rand.Rand, events []Event, free []int) int {
	best, most := free[0], uint64(0)
	for _, i := range free {
		if p := l.prio.of(events[i], func(Event) uint64 { return r.Uint64() }); p > most {
			best, most = i, p
		}
	}
	return best
}

// ran forgets the priorities of what conflicts with an event.
func (l *lots) ran(e Event) {
	for _, other := range l.events {
		if e.Conflicts(other) {
			l.prio.forget(other.G)
		}
	}
}
