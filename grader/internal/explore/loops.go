package explore

import (
	"slices"
	"strings"

	"heisenkata/grader/internal/diagnose"
	"heisenkata/grader/internal/explore/rt/wire"
	"heisenkata/grader/internal/explored"
)

// loops says where goroutines go round and round. A test that only waits for what
// the code under test never gets to is not named beside it, nor a goroutine in no loop
// that is called in another one's.
func (n *narrator) loops(list []wire.Loop) (loops []explored.Loop) {
	var calls []explored.Loop
	for _, l := range list {
		at, loop, ok := n.loop(l.Stacks)
		switch one := (explored.Loop{Goroutine: int(l.G), File: n.relative(at.File), Line: at.Line, Source: n.source(at.File, at.Line)}); {
		case loop:
			loops = append(loops, one)
		case ok:
			calls = append(calls, one)
		}
	}
	if len(loops) == 0 {
		loops = calls
	}
	tests := func(l explored.Loop) bool { return strings.HasSuffix(l.File, "_test.go") }
	if slices.ContainsFunc(loops, func(l explored.Loop) bool { return !tests(l) }) {
		loops = slices.DeleteFunc(loops, tests)
	}
	return loops
}

// waitingBeside returns the goroutines that wait while others loop.
func waitingBeside(f *wire.Finding) []wire.Waiting {
	return slices.DeleteFunc(slices.Clone(f.Waiting), func(w wire.Waiting) bool {
		return slices.ContainsFunc(f.Loops, func(l wire.Loop) bool { return l.G == w.G })
	})
}

// loop finds the loop that a goroutine has been seen in: the one that holds all
// that the stacks do not have in common, or, if they are all equal, the
// innermost around it. If it is in none, it is where it was seen, and found is false.
func (n *narrator) loop(stacks [][]wire.Frame) (at wire.Frame, found, ok bool) {
	var own [][]wire.Frame
	for _, stack := range stacks {
		if s := slices.DeleteFunc(slices.Clone(stack), func(f wire.Frame) bool { return !n.theirs(f.File) }); len(s) > 0 {
			slices.Reverse(s)
			own = append(own, s)
		}
	}
	if len(own) == 0 {
		return wire.Frame{}, false, false
	}
	common := commonFrames(own)
	if at, ok := parting(own, common); ok {
		if at, ok := n.loopAt(at[0], at...); ok {
			return at, true, true
		}
	}
	for i := common - 1; i >= 0; i-- {
		if at, ok := n.loopAt(own[0][i], own[0][i]); ok {
			return at, true, true
		}
	}
	return own[0][len(own[0])-1], false, true
}

// commonFrames is how many calls, from the outermost on, all stacks share.
func commonFrames(stacks [][]wire.Frame) (n int) {
	for ; n < len(stacks[0]); n++ {
		for _, s := range stacks {
			if n >= len(s) || s[n] != stacks[0][n] {
				return n
			}
		}
	}
	return n
}

// parting is where the stacks part, if that is in one function.
func parting(stacks [][]wire.Frame, common int) (frames []wire.Frame, ok bool) {
	for _, s := range stacks {
		if common >= len(s) || s[common].Func != stacks[0][common].Func {
			return nil, false
		}
		frames = append(frames, s[common])
	}
	return frames, true
}

// loopAt is the loop that holds all of some positions in the same function.
func (n *narrator) loopAt(in wire.Frame, all ...wire.Frame) (wire.Frame, bool) {
	text, err := n.read(in.File)
	if err != nil {
		return in, false
	}
	var lines []int
	for _, f := range all {
		lines = append(lines, f.Line)
	}
	line, ok := diagnose.LoopAt(text, lines...)
	in.Line = line
	return in, ok
}
