package diagnose

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// frame is one call of a stack.
type frame struct {
	function string
	file     string // from the root of the official tree on, if it is below it
	line     int
}

// goroutine is one goroutine of a dump, as the runtime or goleak prints it.
type goroutine struct {
	id      string
	state   string
	bubble  bool // in a bubble of testing/synctest
	frames  []frame
	created []frame // who started it; one frame, or none
}

var (
	dumpHeader = regexp.MustCompile(`^goroutine (\d+)(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[([^\]]+)\]:$`)
	leakHeader = regexp.MustCompile(`^[\[ ]*Goroutine (\d+) in state (.+), with \S+ on top of the stack:$`)
	frameFile  = regexp.MustCompile(`^\s+(\S+\.(?:go|s)):(\d+)`)
)

// ours returns the goroutines of a dump that run an exercise's code.
func ours(dump string) (some []goroutine) {
	for _, g := range parseGoroutines(dump) {
		if g.ours() {
			some = append(some, g)
		}
	}
	return some
}

// parseGoroutines reads all goroutines of a dump. What does not look like one
// is passed over.
func parseGoroutines(text string) (all []goroutine) {
	var function string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if m := header(line); m != nil {
			state, _, _ := strings.Cut(m[2], ", ") // "select, 2 minutes, synctest bubble 1"
			all = append(all, goroutine{id: m[1], state: strings.TrimSuffix(state, " (durable)"), bubble: strings.Contains(m[2], "synctest bubble")})
			function = ""
			continue
		}
		if len(all) == 0 {
			continue
		}
		if m := frameFile.FindStringSubmatch(line); m != nil && function != "" {
			all[len(all)-1].add(function, m)
			function = ""
			continue
		}
		function = line
	}
	return all
}

func header(line string) []string {
	if m := dumpHeader.FindStringSubmatch(line); m != nil {
		return m
	}
	return leakHeader.FindStringSubmatch(line)
}

func (g *goroutine) add(function string, position []string) {
	f := newFrame(function, position)
	if rest, ok := strings.CutPrefix(function, "created by "); ok {
		f.function, _, _ = strings.Cut(rest, " in goroutine ")
		g.created = append(g.created, f)
		return
	}
	g.frames = append(g.frames, f)
}

func newFrame(function string, position []string) frame {
	n, _ := strconv.Atoi(position[2]) // the pattern has digits only
	return frame{function: function, file: strings.TrimPrefix(position[1], "heisenkata/"), line: n}
}

// blockedStates are the states out of which only another goroutine helps.
var blockedStates = []string{
	"chan receive", "chan send", "select", "semacquire",
	"sync.Cond.Wait", "sync.Mutex.Lock", "sync.RWMutex.Lock", "sync.RWMutex.RLock", "sync.WaitGroup.Wait", "synctest.Run", "synctest.Wait",
}

func (g goroutine) blocked() bool {
	for _, s := range blockedStates {
		if strings.HasPrefix(g.state, s) {
			return true
		}
	}
	return false
}

// ours reports whether a goroutine runs the code of an exercise, not the
// runtime's or the test harness's own.
func (g goroutine) ours() bool {
	ours := false
	for _, f := range slices.Concat(g.frames, g.created) {
		if strings.HasSuffix(f.function, ".TestMain") || strings.Contains(f.function, ".TestMain(") {
			return false
		}
		ours = ours || strings.HasPrefix(f.file, "exercises/")
	}
	return ours
}

// allBlocked reports whether every goroutine of a dump that runs an exercise's
// code waits for another. What one that runs on another thread is at, the dump
// does not say; it still belongs to the exercise.
func allBlocked(dump string) bool {
	some := false
	for _, g := range parseGoroutines(dump) {
		if g.busy() || g.ours() && !g.blocked() {
			return false
		}
		some = some || g.ours()
	}
	return some
}

// busy reports whether a goroutine that is not the runtime's own runs, or waits for
// nothing but a processor.
func (g goroutine) busy() bool {
	if g.id == "0" || len(g.created) > 0 && strings.HasPrefix(g.created[0].function, "runtime.") {
		return false
	}
	return g.state == "running" || g.state == "runnable"
}
