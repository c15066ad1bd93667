package search

import "math/rand/v2"

// slips is how likely time passes at a choice where it may, by schedule: a
// check-then-act behind a sleep needs many slips, most bugs none. In a long schedule
// so many would add up to a stall that no machine has: it has only a few, unless the
// number is zero.
var slips = [...]struct{ likely, few float64 }{{0, 0}, {0.05, 2}, {0.2, 8}, {0.4, 0}}

// many is how often time may pass in a schedule before it gets less likely. A ticker starts
// something each time, and what it starts has to come to its end.
const many = 50

// draw is what the random strategies share: the schedule's random numbers, and how
// likely time passes.
type draw struct {
	seed   uint64
	r      *rand.Rand
	slip   float64
	passed int  // how often time has passed
	length *int // steps of a schedule, as the first one showed
}

// begin prepares schedule number i.
func (d *draw) begin(i int) {
	d.r = rand.New(rand.NewPCG(d.seed, uint64(i)))
	s := slips[i/period%len(slips)]
	d.slip, d.passed = s.likely, 0
	if s.few > 0 && d.length != nil {
		d.slip = min(s.likely, s.few/float64(max(*d.length, minLength)))
	}
}

// slips reports whether time is to pass now.
func (d *draw) slips(v View) bool {
	passes := v.Slip && d.r.Float64() < d.slip*many/float64(many+d.passed)
	if passes {
		d.passed++
	}
	return passes
}

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
