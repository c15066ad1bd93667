package sched

import "time"

const (
	minimiseRuns = 500
	minimiseTime = 2 * time.Second
)

// minimise looks for a schedule with fewer choices against the first option that
// comes to a finding of the same kind: halves of them are undone, then quarters,
// down to single ones, until none can be spared (delta debugging).
func (w *worker) minimise(test Test, found Result) Result {
	m := &minimiser{worker: w, test: test, best: found, until: time.Now().Add(minimiseTime)}
	if m.try(nil) {
		return m.best
	}
	for size := (len(turns(m.best)) + 1) / 2; size > 0 && !m.over(); {
		if !m.pass(size) && size == 1 {
			break
		}
		size = max(1, size/2)
	}
	return m.best
}

type minimiser struct {
	worker *worker
	test   Test
	best   Result
	runs   int
	until  time.Time
}

func (m *minimiser) over() bool { return m.runs >= minimiseRuns || time.Now().After(m.until) }

// turns lists the positions of the choices that are not the first option.
func turns(r Result) (at []int) {
	for i, k := range r.Schedule.Choices {
		if k != 0 {
			at = append(at, i)
		}
	}
	return at
}

// pass tries to do without each size turns that follow one another, from the
// end, and tells whether it could spare any.
func (m *minimiser) pass(size int) (spared bool) {
	for end := len(turns(m.best)); end > 0 && !m.over(); {
		at := turns(m.best)
		end = min(end, len(at))
		begin := max(0, end-size)
		choices := append([]int32(nil), m.best.Schedule.Choices...)
		for _, i := range at[begin:end] {
			choices[i] = 0
		}
		if m.try(choices) {
			spared = true
		}
		end = begin
	}
	return spared
}

// try keeps a schedule if it comes to the same kind of finding by fewer turns.
func (m *minimiser) try(choices []int32) bool {
	m.runs++
	s := m.best.Schedule
	s.Choices = choices
	r := m.worker.replay(m.test, s, false)
	if r.Finding == nil || r.Finding.Kind != m.best.Finding.Kind || len(turns(r)) >= len(turns(m.best)) {
		return false
	}
	m.best = r
	return true
}
