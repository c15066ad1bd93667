package sched

import (
	"slices"
	"time"

	"heisenkata/grader/internal/explore/rt/wire"
)

const (
	minimiseRuns   = 500
	minimiseEffort = 800_000          // as Result.effort counts it: about two seconds
	minimiseTime   = 20 * time.Second // on a machine on which that takes much longer, what is small enough may be larger
	minimiseSeeds  = 8                // other random numbers that are tried
)

// minimise looks for a schedule with fewer choices against the first option that
// shows the same, to a race's story: halves of them are undone, then quarters,
// down to single ones, until none can be spared (delta debugging).
func (w *worker) minimise(test Test, found Result) Result {
	m := &minimiser{worker: w, test: test, best: found, until: sinceOrigin() + minimiseTime}
	if m.seeds(); m.try(nil) {
		return m.best
	}
	m.shorten()
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
	effort int
	until  time.Duration // since the process began
}

func (m *minimiser) over() bool {
	return m.runs >= minimiseRuns || m.effort >= minimiseEffort || sinceOrigin() > m.until
}

// seeds tries other random numbers: with some a test has less to do.
func (m *minimiser) seeds() {
	for seed := range uint64(minimiseSeeds) {
		if s := m.best.Schedule; s.Random > seed {
			s.Random = seed
			if r := m.replay(s); r.Steps < m.best.Steps && len(turns(r)) <= len(turns(m.best)) && m.worker.alike(r.Finding, m.best.Finding) {
				m.best = r
			}
		}
	}
}

// replay gives up on a schedule that takes much longer than the original.
func (m *minimiser) replay(s wire.Schedule) Result {
	m.runs++
	o := m.worker.options(int(s.Number))
	o.Limits.Steps = min(o.Limits.Steps, 4*m.best.Steps+drainSteps)
	r := m.worker.again(m.test, s, o)
	m.effort += r.effort()
	return r
}

// shorten tries the first few turns alone: of a schedule that goes on long after what matters,
// such as one with a ticker, that leaves little to look through.
func (m *minimiser) shorten() {
	at := turns(m.best)
	for keep := 1; keep < len(at)/2 && !m.over(); keep *= 4 {
		if m.try(slices.Clone(m.best.Schedule.Choices[:at[keep-1]+1])) {
			return
		}
	}
}

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
// end, and reports whether it could spare any.
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

// try keeps a schedule if it shows the same by fewer turns.
func (m *minimiser) try(choices []int32) bool {
	s := m.best.Schedule
	s.Choices = choices
	r := m.replay(s)
	if !m.worker.alike(r.Finding, m.best.Finding) || len(turns(r)) >= len(turns(m.best)) {
		return false
	}
	m.best = r
	return true
}
