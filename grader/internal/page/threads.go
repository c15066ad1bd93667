package page

import (
	"slices"

	"heisenkata/grader/internal/explored"
)

// threads draws each lane's line, in the state in which its goroutine is.
func (s *sketch) threads() {
	states := make([]explored.Doing, len(s.Lanes))
	for i := range states {
		states[i] = -1
	}
	begun := make([]thread, len(s.Lanes))
	for i, m := range s.Moments {
		copy(states, m.States)
		for lane := range s.Lanes {
			kind := ""
			if m.Kind != explored.End {
				kind = threadKind(m, lane, states[lane])
			}
			if t := &begun[lane]; t.Kind != kind {
				t.Y2 = s.nodes[i]
				if t.Kind == "running" { // till another takes over
					t.Y2 = s.tops[i]
				}
				s.keep(*t)
				*t = thread{Kind: kind, X: s.left[lane], Y1: t.Y2}
			}
		}
	}
}

func (s *sketch) keep(t thread) {
	if t.Kind != "" {
		s.Threads = append(s.Threads, t)
	}
}

func threadKind(m explored.Moment, lane int, d explored.Doing) string {
	switch {
	case d == explored.Waits:
		return "blocked"
	case m.Lane == lane && m.Kind == explored.Runs:
		return "running"
	case d == explored.Ready:
		return "ready"
	}
	return ""
}

// legendOf explains what a drawing has.
func legendOf(d *drawing) (entries []legendEntry) {
	used := map[string]bool{}
	for _, r := range d.Rows {
		used[r.Kind] = true
		for _, a := range r.Arrows {
			used[a.Kind] = true
		}
	}
	for _, t := range d.Threads {
		used[t.Kind] = true
	}
	for _, e := range signs {
		if used[e.Kind] {
			entries = append(entries, e)
		}
	}
	return entries
}

type legendEntry struct{ Kind, Text string }

// Line reports whether the sign is a line, and Arrow whether it has a head.
func (e legendEntry) Line() bool { return slices.Index(signs, e) >= nodeSigns }

// Arrow reports whether the sign is an arrow.
func (e legendEntry) Arrow() bool { return e.Kind == "took" || e.Kind == "starts" || e.Kind == "wakes" }

// Node is the sign as a row has it.
func (e legendEntry) Node() rowShape { return rowShape{Kind: e.Kind, X: 13, NodeY: 8} }

// signs are all that a legend may explain: nodes, then lines and arrows.
var signs = []legendEntry{
	{"step", "step"}, {"race", "side of the race"}, {"switch", "the switch that breaks it"}, {"waits", "begins to wait"},
	{"running", "runs"}, {"ready", "could run"}, {"blocked", "waits"}, {"took", "takes over"}, {"starts", "starts"}, {"wakes", "wakes"},
}

const nodeSigns = 4
