package search

// pending keeps a number for what each goroutine is about to do: drawn when it comes
// there, and the same until it has done it.
type pending[T any] struct {
	by []struct {
		seq   int32
		known bool
		value T
	}
}

func (p *pending[T]) reset() { p.by = p.by[:0] }

// of is the value of an event, made by draw if it is new.
func (p *pending[T]) of(e Event, draw func(Event) T) T {
	for int(e.G) >= len(p.by) {
		p.by = append(p.by, struct {
			seq   int32
			known bool
			value T
		}{})
	}
	at := &p.by[e.G]
	if !at.known || at.seq != e.Seq {
		at.seq, at.known, at.value = e.Seq, true, draw(e)
	}
	return at.value
}

// forget makes the next value of a goroutine's event a new one.
func (p *pending[T]) forget(g int32) {
	if int(g) < len(p.by) {
		p.by[g].known = false
	}
}

// highest is the index of the event with the greatest value.
func highest(events []Event, value func(Event) uint64) int {
	best, most := 0, uint64(0)
	for i, e := range events {
		if v := value(e); i == 0 || v > most {
			best, most = i, v
		}
	}
	return best
}
