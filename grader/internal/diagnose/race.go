package diagnose

import (
	"fmt"
	"regexp"
	"strings"

	"heisenkata/grader/internal/evidence"
)

// access is one of the two sides of a data race.
type access struct {
	kind      string // "read", "write", "atomic write", …
	goroutine string // "goroutine 9", "main goroutine"
	frames    []frame
}

// raceReport is one report of the race detector.
type raceReport struct {
	accesses []access
	created  map[string][]frame // by goroutine
}

var (
	accessLine  = regexp.MustCompile(`^(?:Previous )?((?:[Aa]tomic )?(?:[Rr]ead|[Ww]rite)) at 0x[0-9a-f]+ by (main goroutine|goroutine \d+):$`)
	createdLine = regexp.MustCompile(`^(Goroutine \d+) \([a-z]+\) created at:$`)
)

// parseRace reads the first report of a race log. Reports lie between lines of
// equals signs.
func parseRace(log string) raceReport {
	r := raceReport{created: map[string][]frame{}}
	_, log, _ = strings.Cut(log, "WARNING: DATA RACE")
	log, _, _ = strings.Cut(log, "==================")
	var function string
	add := func(frame) {}
	for line := range strings.Lines(log) {
		line = strings.TrimRight(line, "\r\n")
		if m := accessLine.FindStringSubmatch(line); m != nil {
			r.accesses = append(r.accesses, access{kind: strings.ToLower(m[1]), goroutine: m[2]})
			i := len(r.accesses) - 1
			add = func(f frame) { r.accesses[i].frames = append(r.accesses[i].frames, f) }
		} else if m := createdLine.FindStringSubmatch(line); m != nil {
			name := strings.ToLower(m[1])
			add = func(f frame) { r.created[name] = append(r.created[name], f) }
		} else if m := frameFile.FindStringSubmatch(line); m != nil && function != "" {
			add(newFrame(function, m))
		}
		function = strings.TrimSpace(line)
	}
	return r
}

// explainRace says which two lines touch the same variable, in which two
// goroutines, and where those were started.
func explainRace(src Source, e Ending) evidence.Finding {
	r := parseRace(e.RaceLog)
	f := evidence.Finding{
		Meaning: "Nothing orders these two accesses: no lock, no channel and no atomic makes one wait for the other.",
		Output:  shorten(e.RaceLog),
	}
	var lines []string
	for _, a := range r.accesses {
		at, ok := src.where(a.frames)
		if !ok {
			continue
		}
		f.Places = append(f.Places, at.place(a.kind+" in "+a.goroutine))
		lines = append(lines, fmt.Sprintf("%s:%d (%s)", base(at.file), at.line, a.kind))
	}
	for _, a := range r.accesses {
		if at, ok := src.where(r.created[a.goroutine]); ok {
			f.Places = append(f.Places, at.place(a.goroutine+" was started here"))
		}
	}
	f.Summary = "data race"
	if len(lines) == 2 {
		f.Summary = fmt.Sprintf("data race: %s and %s touch the same memory", lines[0], lines[1])
	}
	return f
}

func base(file string) string { return file[strings.LastIndexByte(file, '/')+1:] }

// explainMapCrash reads what the runtime says when it sees a map in use twice.
func explainMapCrash(src Source, e Ending) evidence.Finding {
	f := evidence.Finding{
		Summary: "fatal error: " + fatalMap.FindStringSubmatch(e.Output)[1],
		Meaning: "Two goroutines used the same map at once and at least one wrote; Go ends the whole process for it, and nothing can recover.",
		Output:  shorten(e.Output),
	}
	for _, g := range ours(e.Output) {
		if at, ok := src.where(g.frames); ok && !g.blocked() && len(f.Places) < mostPlaces {
			f.Places = append(f.Places, at.place("goroutine "+g.id+" ("+g.state+")"))
		}
	}
	return f
}

// Access is one of the two sides of a data race.
type Access struct {
	Kind      string // read, write, atomic write, …
	Goroutine string
	Frames    []Frame
}

// Frame is one call of a stack, the innermost first.
type Frame struct {
	Function string
	File     string
	Line     int
}

// Accesses reads the sides of the first race in a log of the race detector.
func Accesses(log string) (sides []Access) {
	for _, a := range parseRace(log).accesses {
		side := Access{Kind: a.kind, Goroutine: a.goroutine}
		for _, f := range a.frames {
			side.Frames = append(side.Frames, Frame{Function: f.function, File: f.file, Line: f.line})
		}
		sides = append(sides, side)
	}
	return sides
}
