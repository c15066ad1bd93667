package search

import (
	"cmp"
	"strings"
)

// period is how many strategies take turns.
const period = 8

// Rotation takes strategies in turn, and now and then another one. What it learns, it learns from the first
// schedules, which have to run one after the other.
type Rotation struct {
	profile *profile
	of      []Strategy
	rarely  Strategy // or nil
	now     Strategy
	number  int
}

// Learning is how many schedules, from the first on, a process has to run before
// it runs any later one.
const Learning = learning

// New is the default rotation.
func New(seed uint64) *Rotation { return Named(seed, "") }

// Named is a rotation of the strategies that are named, with commas between them,
// for comparison; "" is the default.
func Named(seed uint64, names string) *Rotation {
	p := newProfile()
	r := &Rotation{profile: p}
	for name := range strings.SplitSeq(cmp.Or(names, usual), ",") {
		r.of = append(r.of, named(seed, name, p))
	}
	if names == "" {
		r.rarely = named(seed, "starving", p)
	}
	return r
}

// rare is which of so many schedules is one of the strategy that is seldom taken.
const rare = 20

// usual is the default, in turn: of the mixes that were tried, the one that finds the bugs of
// testdata/search soonest, and misses none.
const usual = "places,orders,queues,orders,queues,places,queues,random"

func named(seed uint64, name string, p *profile) Strategy {
	d := draw{seed: seed, length: &p.length}
	switch name {
	case "sticky":
		return &random{draw: d, sticky: 0.8}
	case "pct2":
		return &pct{draw: d, depth: 2}
	case "pct3":
		return &pct{draw: d, depth: 3}
	case "pos":
		return &pos{draw: d}
	case "surw":
		return &surw{draw: d, profile: p}
	case "places":
		return &places{draw: d}
	case "starving":
		return &starving{draw: d}
	case "queues":
		return &queues{draw: d, profile: p}
	case "orders":
		return &orders{draw: d, profile: p}
	}
	return &random{draw: d}
}

// Begin prepares schedule number i.
func (r *Rotation) Begin(i int) bool {
	r.now, r.number = r.of[i%len(r.of)], i
	if r.rarely != nil && i%rare == rare-1 {
		r.now = r.rarely
	}
	if i < learning {
		r.profile.begin()
	}
	return r.now.Begin(i)
}

// Pick and Choose are the current strategy's.
func (r *Rotation) Pick(v View) int  { return r.now.Pick(v) }
func (r *Rotation) Choose(n int) int { return r.now.Choose(n) }

// Ran tells the current strategy, and the profile if it still learns.
func (r *Rotation) Ran(v View, k int) {
	if r.number < learning && k < len(v.Events) {
		r.profile.ran(v.Events[k])
	}
	r.now.Ran(v, k)
}

// End lets the profile learn.
func (r *Rotation) End(steps int) {
	if r.number < learning {
		r.profile.end(steps)
	}
}
