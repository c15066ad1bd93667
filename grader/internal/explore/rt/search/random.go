package search

import "math/rand/v2"

// slips is how likely time passes at a choice where it may, by schedule: a
// check-then-act behind a sleep needs many slips, most bugs none.
var slips = [...]float64{0, 0.05, 0.2, 0.4}

// draw is what the random strategies share: the schedule's random numbers, and how
// likely time passes.
type draw struct {
	seed uint64
	r    *rand.Rand
	slip float64
}

// begin prepares schedule number i.
func (d *draw) begin(i int) {
	d.r = rand.New(rand.NewPCG(d.seed, uint64(i)))
	d.slip = slips[i/period%len(slips)]
}

// slips tells whether time is to pass now.
func (d *draw) slips(v View) bool { return v.Slip && d.r.Float64() < d.slip }

// Choose is any value in [0, n).
func (d *draw) Choose(n int) int { return d.r.IntN(n) }

// random walks: each choice is even, but for staying with the current goroutine.
type random struct {
	deaf
	draw
	sticky float64
}

func (s *random) Begin(i int) bool {
	s.begin(i)
	return true
}

func (s *random) Pick(v View) int {
	if s.slips(v) {
		return len(v.Events)
	}
	if v.Current && s.sticky > 0 && s.r.Float64() < s.sticky {
		return 0
	}
	return s.r.IntN(len(v.Events))
}
