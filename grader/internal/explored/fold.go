package explored

import (
	"path"
	"slices"
	"strings"
)

// Drawn reports for each step of a trace whether a picture has a row for it if there is room.
func Drawn(trace []Step) []bool { return shownSteps(trace, nil, false) }

// Decisive is the step to which the switch goes that a picture marks, or -1.
func Decisive(trace []Step) int { return decisiveStep(trace, Drawn(trace)) }

// shownSteps tells which steps have a row: all that may teach something, and
// those in keep.
func shownSteps(trace []Step, keep []int, all bool) []bool {
	shown, f := make([]bool, len(trace)), foldingOf(trace)
	for i, s := range trace {
		switch {
		case slices.Contains(keep, i):
			shown[i] = true
		case s.Plain && s.Operation != "go":
			shown[i] = f.touched.byAnother(s) && !f.folds(i, s)
		default:
			shown[i] = all && !s.Plain || !f.folds(i, s)
		}
	}
	return shown
}

// folding knows what of a trace can be left out.
type folding struct {
	touched touches
	started int            // the step at which a second goroutine is started
	code    bool           // there is more than tests
	waits   map[string]int // for a WaitGroup, by its name; one of another goroutine than the test counts twice
}

func foldingOf(trace []Step) folding {
	f := folding{started: len(trace), waits: map[string]int{}}
	for i, s := range trace {
		if s.Goroutine > 0 || s.Operation == "go" {
			f.started = min(f.started, i)
		}
		if s.Operation == "waitgroup wait" && !s.Waited {
			f.waits[s.Object] += 1 + min(s.Goroutine, 1)
		}
		f.code = f.code || s.File != "" && !inTest(s) && !bookkeeping(s)
	}
	f.touched = touchedBy(trace[f.started:])
	return f
}

func inTest(s Step) bool { return ofTests(s.File) }

// ofTests reports whether a file is no code under test: it is a test, or supports the tests
// of exercises.
func ofTests(file string) bool {
	return strings.HasSuffix(file, "_test.go") || strings.Contains("/"+file, "/exercises/internal/") || strings.HasPrefix(file, "../../internal/")
}

// folds reports whether a step teaches nothing: as bookkeeping, as an access before
// there was a second goroutine, or as something that the test does for itself,
// such as to start goroutines and to wait for them.
func (f folding) folds(i int, s Step) bool {
	switch {
	case bookkeeping(s):
		return true
	case i < f.started && onMemory(s), inTest(s) && f.code && onMemory(s):
		return true
	case inTest(s):
		return s.Operation == "go" || strings.HasPrefix(s.Operation, "waitgroup") && (f.code || f.waits[s.Object] < 2)
	}
	return false
}

// onMemory reports whether a step only accesses memory.
func onMemory(s Step) bool {
	switch s.Operation {
	case "read", "write", "memory", "atomic", "once", "pool", "map":
		return true
	}
	return false
}

// bookkeeping reports whether a step is of no interest wherever it is: a
// goroutine's start stands in its header, and a point without a position says
// nothing.
func bookkeeping(s Step) bool {
	switch s.Operation {
	case "go":
		return !s.Plain
	case "call":
		return true
	}
	if s.Waited {
		return false
	}
	switch s.Operation {
	case "start", "resume", "idle", "choose", "subtest":
		return true
	}
	return s.File == "" && s.Source == ""
}

// touches is what each goroutine does with memory, by its name's last word: the
// same field has other names in other functions.
type touches map[string]map[int]bool // word to goroutines; true for those that write

func touchedBy(trace []Step) touches {
	t := touches{}
	for _, s := range trace {
		if s.Operation != "read" && s.Operation != "write" {
			continue
		}
		word := lastWord(s.Object)
		if t[word] == nil {
			t[word] = map[int]bool{}
		}
		t[word][s.Goroutine] = t[word][s.Goroutine] || s.Operation == "write"
	}
	return t
}

// byAnother reports whether the memory of an access is shared, as far as names
// tell: another goroutine writes it, or reads what this one writes.
func (t touches) byAnother(s Step) bool {
	for g, writes := range t[lastWord(s.Object)] {
		if g != s.Goroutine && (writes || s.Operation == "write") {
			return true
		}
	}
	return false
}

// lastWord is the last name of an expression: total of c.total.
func lastWord(text string) string {
	text, _, _ = strings.Cut(text, "[")
	return text[strings.LastIndexByte(text, '.')+1:]
}

// decisiveStep finds the last switch away from a goroutine that could have gone
// on, or the last time slip, if that is later: time slips only while a goroutine
// could go on. Where goroutines are busy until it does, nothing is decided. Without
// either it is the last switch; without any, -1. One to a goroutine that has nothing
// to show before it is left again counts only if there is no other.
func decisiveStep(trace []Step, shown []bool) int {
	last, current, at, any := -1, -1, -1, -1
	for i, s := range trace {
		if s.Plain || s.Busy {
			continue
		}
		if s.Switch || s.Goroutine < 0 {
			any = i
			if s.Goroutine < 0 || shows(trace, shown, i) {
				last = i
			}
		}
		if s.Goroutine < 0 {
			continue
		}
		if current >= 0 && s.Goroutine != current && shows(trace, shown, i) {
			at = i
		}
		current = s.Goroutine
	}
	return firstFound(last, any, at)
}

func firstFound(candidates ...int) int {
	for _, i := range candidates {
		if i >= 0 {
			return i
		}
	}
	return -1
}

// shows reports whether the goroutine of a step has a row before it is left.
func shows(trace []Step, shown []bool, from int) bool {
	for i := from; i < len(trace) && trace[i].Goroutine == trace[from].Goroutine; i++ {
		if shown[i] {
			return true
		}
	}
	return false
}

// base is a file's name, fit to be shown.
func base(file string) string { return safe(path.Base(file)) }
