package diagnose

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"heisenkata/grader/internal/evidence"
)

// turn is a goroutine that still ran when time ran out, and what is known of the
// loop that keeps it.
type turn struct {
	goroutine
	at    frame            // where it was; no file if the dump does not say
	loops []evidence.Place // the learner's loops around it, the innermost first
}

// turning finds the goroutine that kept the test from its end: of those that ran,
// and else of those that sleep between two looks at something, the first in a loop
// of the learner's, or the first in an exercise.
func turning(src Source, e Ending) (best turn) {
	all := parseGoroutines(e.Output)
	for _, is := range []func(goroutine) bool{goroutine.busy, func(g goroutine) bool { return g.state == "sleep" && g.ours() }} {
		for _, g := range all {
			if !is(g) {
				continue
			}
			t := turn{goroutine: g, loops: src.loops(g.frames)}
			if t.at, _ = src.where(g.frames); t.at.line == nowhere && len(t.loops) > 0 {
				t.at.line = t.loops[0].Line
			}
			if len(t.loops) == 0 && src.atBrace(t.at) {
				t.loops, t.at = src.voidLoops(), frame{}
			}
			if len(t.loops) > 0 {
				return t
			}
			if best.id == "" || best.at.file == "" && t.at.file != "" {
				best = t
			}
		}
	}
	return best
}

// atBrace reports whether a position is a closing brace, where nothing is done: the
// compiler puts what never returns there, if all that is left of it is an empty
// loop.
func (s Source) atBrace(at frame) bool {
	lines := strings.Split(string(s.Files[path.Base(at.file)]), "\n")
	return at.line >= 1 && at.line <= len(lines) && strings.Trim(lines[at.line-1], " \t})") == ""
}

// voidLoops are the learner's loops that have neither a condition nor a body:
// there is nothing that could end them.
func (s Source) voidLoops() (loops []evidence.Place) {
	for _, name := range s.Exercise.Files {
		for _, line := range lostLoops(s.Files[name], "") {
			loops = append(loops, evidence.Place{File: path.Join(s.Exercise.Dir, name), Line: line})
		}
	}
	return loops
}

// nowhere is the line that the compiler gives a loop without anything in it.
const nowhere = 1

// loops are the learner's loops that a stack is in, the innermost first.
func (s Source) loops(frames []frame) (loops []evidence.Place) {
	for _, f := range frames {
		if !s.Learners(f.file) {
			continue
		}
		text := s.Files[path.Base(f.file)]
		lines := loopsAround(text, f.line)
		if f.line == nowhere {
			lines = lostLoops(text, f.function)
		}
		for _, line := range lines {
			loops = append(loops, evidence.Place{File: f.file, Line: line})
		}
	}
	return loops
}

func explainTimeout(src Source, e Ending) evidence.Finding {
	t := turning(src, e)
	f := evidence.Finding{Output: shorten(e.Output), Places: t.places()}
	f.Summary, f.Meaning = t.sentences(e.CPU)
	for _, p := range learnersFirst(src, waiting(src, ours(e.Output))) {
		if len(f.Places) < maxPlaces {
			f.Places = append(f.Places, p)
		}
	}
	return f
}

// places are the loop and the line within, or the line alone.
func (t turn) places() (places []evidence.Place) {
	if len(t.loops) > 0 {
		loop := t.loops[0]
		loop.Role = "this loop had not ended"
		places = append(places, loop)
		if t.at.line == loop.Line {
			return places
		}
	}
	if t.at.file != "" {
		role := "goroutine " + t.id + " was still running here"
		if t.state == "sleep" {
			role = "goroutine " + t.id + " was asleep here"
		}
		places = append(places, t.at.place(role))
	}
	return places
}

// sentences say what was seen, and what that means.
func (t turn) sentences(cpu time.Duration) (summary, meaning string) {
	spent := "It was still running when its time was up"
	if cpu > 0 {
		spent += fmt.Sprintf(", after %.1f s of processor time", cpu.Seconds())
	}
	switch {
	case t.id == "":
		return "it did not end in time", "A goroutine was still waiting, and the output does not show for what."
	case t.state == "sleep" && len(t.loops) > 0:
		return "an endless loop at " + base(t.loops[0].String()), "It polls: it sleeps and looks again, and what it waits for never happens."
	case len(t.loops) > 0:
		return "it did not end in time: it loops at " + base(t.loops[0].String()), spent + ". The loop never ends, or it takes too long for as much as the README allows."
	case t.at.file != "":
		return "it did not end in time: it was still running at " + base(t.at.place("").String()), spent + ". What it waits for never comes, or a loop there does not end."
	}
	return "a loop does not end", spent + ". The Go runtime does not say where: run the test without -race to see."
}

// SameLoop reports whether one of some loops is among others.
func SameLoop(loops, others []evidence.Place) bool {
	return slices.ContainsFunc(loops, func(l evidence.Place) bool {
		return slices.ContainsFunc(others, func(o evidence.Place) bool { return l.File == o.File && l.Line == o.Line })
	})
}
