package sched

import (
	"slices"

	"heisenkata/grader/internal/explore/rt/wire"
)

// recentSteps is how many of the last steps are remembered: more than a loop with
// a few calls in it takes to go round, for each of a few goroutines.
const recentSteps = 1024

// recent is where the last steps of a schedule were.
type recent struct {
	at [recentSteps]struct {
		g   int32
		pcs [maxFrames]uintptr
	}
	n int
}

//go:norace
func (r *recent) add(g *G) {
	s := &r.at[r.n%recentSteps]
	s.g, s.pcs = g.ID, [maxFrames]uintptr{}
	for i := range g.npcs {
		s.pcs[i] = g.pcs[i]
	}
	r.n++
}

// seldom: a goroutine that makes fewer than one in so many steps is not in a loop.
const seldom = 100

// loops are the goroutines that took these steps, and their stacks, each once. One
// that took a few of them was on its way, or was asked for something now and then; one that
// has taken no others has only begun, and one that has ended is in no loop.
//
//go:norace
func (r *recent) loops(all []*G) (list []wire.Loop) {
	count, seen := map[int32]int{}, map[int32]map[[maxFrames]uintptr]bool{}
	var order []int32
	n := min(r.n, recentSteps)
	for i := range n {
		s := &r.at[i]
		if seen[s.g] == nil {
			seen[s.g] = map[[maxFrames]uintptr]bool{}
			order = append(order, s.g)
		}
		count[s.g]++
		seen[s.g][s.pcs] = true
	}
	slices.Sort(order)
	for _, g := range order {
		if count[g]*seldom < n || all[g].state == exited || n < r.n && int(all[g].steps) <= count[g] {
			continue
		}
		l := wire.Loop{G: g}
		for pcs := range seen[g] {
			l.Stacks = append(l.Stacks, frames(trimmed(pcs)))
		}
		list = append(list, l)
	}
	return list
}

// trimmed is a stack without the empty places below it.
func trimmed(pcs [maxFrames]uintptr) []uintptr {
	n := slices.Index(pcs[:], 0)
	if n < 0 {
		n = maxFrames
	}
	return pcs[:n]
}
