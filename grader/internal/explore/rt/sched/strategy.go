package sched

import "math/rand/v2"

// View is what a strategy chooses from: the goroutines that can go on, and, if
// there are more options than goroutines, letting time pass.
type View struct {
	Enabled []*G
	Options int
	Current bool // the first one is the goroutine that ran last
	Yield   bool // the last one is a spinning goroutine that gives way
}

// Strategy chooses. Its methods see one schedule at a time.
type Strategy interface {
	// Begin prepares schedule number i; false if there are no more.
	Begin(i int) bool
	Pick(c *Controller, v View) int
	Choose(n int) int
	End(steps int)
}

// slips is how likely time passes at a choice where it may, by schedule: a
// check-then-act behind a sleep needs many slips, most bugs none.
var slips = [...]float64{0, 0.05, 0.2, 0.4}

// random walks: each choice is even, but for staying with the current goroutine.
type random struct {
	seed   uint64
	sticky float64
	r      *rand.Rand
	slip   float64
}

func (s *random) Begin(i int) bool {
	s.r = rand.New(rand.NewPCG(s.seed, uint64(i)))
	s.slip = slips[i/4%len(slips)]
	return true
}

func (s *random) Pick(_ *Controller, v View) int {
	if v.Options > len(v.Enabled) && s.r.Float64() < s.slip {
		return len(v.Enabled)
	}
	if v.Current && s.sticky > 0 && s.r.Float64() < s.sticky {
		return 0
	}
	return s.r.IntN(len(v.Enabled))
}
func (s *random) Choose(n int) int { return s.r.IntN(n) }
func (s *random) End(int)          {}

// pct gives goroutines random priorities and lowers the running one's at depth-1
// random steps: Burckhardt et al., "A Randomized Scheduler with Probabilistic
// Guarantees of Finding Bugs", ASPLOS 2010. A goroutine that spins is lowered
// too, or it would starve the rest.
type pct struct {
	seed   uint64
	depth  int
	length *int // steps of a schedule, as the first one showed
	r      *rand.Rand
	slip   float64
	change []int
	step   int
	low    int
	seen   int
}

const minLength = 20

func (s *pct) Begin(i int) bool {
	s.r = rand.New(rand.NewPCG(s.seed, uint64(i)))
	s.slip = slips[i/4%len(slips)]
	s.change = s.change[:0]
	for range s.depth - 1 {
		s.change = append(s.change, s.r.IntN(max(*s.length, minLength)))
	}
	s.step, s.low, s.seen = 0, 0, 0
	return true
}

//go:norace
func (s *pct) Pick(c *Controller, v View) int {
	for ; s.seen < c.n; s.seen++ {
		c.all[s.seen].prio = 1 + s.r.IntN(1<<30)
	}
	if v.Options > len(v.Enabled) && s.r.Float64() < s.slip {
		return len(v.Enabled)
	}
	if v.Yield {
		s.low--
		v.Enabled[len(v.Enabled)-1].prio = s.low
	}
	for _, at := range s.change {
		if at == s.step {
			s.low--
			v.Enabled[highest(v.Enabled)].prio = s.low
		}
	}
	s.step++
	return highest(v.Enabled)
}
func (s *pct) Choose(n int) int { return s.r.IntN(n) }
func (s *pct) End(int)          {}

//go:norace
func highest(gs []*G) int {
	best := 0
	for i, g := range gs {
		if g.prio > gs[best].prio {
			best = i
		}
	}
	return best
}

// rotation takes the strategies in turn.
type rotation struct {
	of     []Strategy
	now    Strategy
	length int
}

// newRotation is the default: random, PCT 2, sticky, PCT 3.
func newRotation(seed uint64) *rotation {
	r := &rotation{}
	r.of = []Strategy{&random{seed: seed}, &pct{seed: seed, depth: 2, length: &r.length}, &random{seed: seed, sticky: 0.8}, &pct{seed: seed, depth: 3, length: &r.length}}
	return r
}

func (r *rotation) Begin(i int) bool {
	r.now = r.of[i%len(r.of)]
	return r.now.Begin(i)
}
func (r *rotation) Pick(c *Controller, v View) int { return r.now.Pick(c, v) }
func (r *rotation) Choose(n int) int               { return r.now.Choose(n) }

// End learns a schedule's length from the first one alone, so that schedule i
// is the same whichever process runs it.
func (r *rotation) End(steps int) {
	if r.length == 0 {
		r.length = steps
	}
}

// replay follows a list of choices, and then always takes the first option.
type replay struct {
	list []int32
	pos  int
}

func (s *replay) Begin(int) bool { s.pos = 0; return true }
func (s *replay) next() int {
	if s.pos >= len(s.list) {
		return 0
	}
	s.pos++
	return int(s.list[s.pos-1])
}
func (s *replay) Pick(*Controller, View) int { return s.next() }
func (s *replay) Choose(int) int             { return s.next() }
func (s *replay) End(int)                    {}
