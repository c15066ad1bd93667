package explored

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Turn is a moment of a schedule that is chosen step by step.
type Turn struct {
	// Test is what has happened so far. If the schedule has ended, its verdict says how;
	// else there is none.
	Test       Test
	Goroutines []Next   // those that have not ended
	Options    []Option // what there is to choose; none if the schedule has ended
}

// Next is what a goroutine is about to do.
type Next struct {
	Step    Step
	Waiting Waiting // the same as what it waits for, if it cannot go on
	Can     bool    // it can go on
	HeldBy  int     // the goroutine that holds what it waits for, or -1
	Behind  bool    // that goroutine waits for the same, and is ahead in line
}

// Option is something to choose: a goroutine that goes on, time that passes, or the value
// that a goroutine's operation takes.
type Option struct {
	Goroutine int    // -1: time passes
	Slip      string // by how much, as time.Duration writes it
	Value     int    // from 1 on; 0 if it is not a value that is to choose
}

// Ended reports whether there is nothing left to choose.
func (t Turn) Ended() bool { return len(t.Options) == 0 }

// Sought is the result of a search that began at a turn.
type Sought struct {
	Test    Test
	Choices []int32 // of the whole schedule, if there is a finding
	Without int     // with so many switches after the turn, or fewer, there is none; -1: unknown
}

// Switches counts the steps of a schedule at which one goroutine took over from another
// that could have gone on, and those at which time passed although one could.
func (t Test) Switches() (n int) {
	for _, s := range t.Trace {
		if s.Switch || s.Slip != "" {
			n++
		}
	}
	return n
}

// ScenarioPrefix begins the names of tests that are small enough to be explored whole.
const ScenarioPrefix = "TestSchedule"

// IsScenario reports whether a test's name says that it is one.
func IsScenario(test string) bool { return strings.HasPrefix(test, ScenarioPrefix) }

// Covered says, of a test that passes, how many schedules or interleavings do.
func Covered(t Test) string { return covered(t) }

// Does says what the goroutine is about to do: "locks t.mu".
func (n Next) Does() string {
	s := n.Step
	object := sentence(s.Object)
	switch verb := verbs[s.Operation]; {
	case accessNote(s) != "":
		return accessNote(s)
	case verb != "":
		return trimmed(verb + " " + object)
	case s.Operation == "start":
		return "starts"
	case s.Operation == "select":
		return "selects"
	case s.Operation == "sleep":
		return "sleeps"
	case s.Operation == "context":
		return "asks whether a context is over"
	case s.Operation == "atomic":
		return atomicVerb(s.Source) + " " + cmp.Or(object, "an atomic")
	case s.Operation == "waitgroup add":
		return trimmed("updates " + object)
	case s.Operation == "waitgroup wait" || s.Operation == "cond wait":
		return trimmed("waits for " + object)
	case s.Operation == "go" || // the goroutine has been started before
		s.Operation == "resume" || s.Operation == "loop" || s.Operation == "":
		return "goes on"
	case s.Operation == "memory" && object != "":
		return "uses " + object
	case object == "" && s.Starts == 0:
		return safe(s.Operation)
	}
	return trimmed(safe(s.Operation) + " " + object)
}

// atomicCall is a call of a function or method of sync/atomic.
var atomicCall = regexp.MustCompile(`\b(Load|Store|Add|Swap|CompareAndSwap|And|Or)(?:Int32|Int64|Uint32|Uint64|Uintptr|Pointer)?\(`)

// atomicVerb says what a line does with its atomic, if it has only one call that may be it.
func atomicVerb(source string) string {
	calls := atomicCall.FindAllStringSubmatch(source, -1)
	if len(calls) != 1 {
		return "uses"
	}
	switch calls[0][1] {
	case "Load":
		return "loads"
	case "Store":
		return "stores to"
	case "Add":
		return "adds to"
	case "Swap", "CompareAndSwap":
		return "swaps"
	}
	return "changes"
}

// Waits says what the goroutine waits for: "waits for t.mu, held by g2".
func (n Next) Waits() string {
	text, _ := waitsTo(n.Waiting.Operation, sentence(n.Waiting.Object))
	switch {
	case n.HeldBy < 0:
		return text
	case n.Behind:
		return text + ", behind " + who(n.HeldBy)
	}
	return text + ", held by " + who(n.HeldBy)
}

// Line is the source line that the goroutine is on, and where.
func (n Next) Line() (source, at string) {
	if n.Step.File == "" {
		return "", ""
	}
	return safe(trimmed(n.Step.Source)), place(base(n.Step.File), n.Step.Line)
}

// DrawSoFar draws what has happened in a schedule that has not ended: the titles of the
// lanes, and below them a line or more for each row. Nothing is left out.
func DrawSoFar(t Test, c Canvas) (titles, rows []string) {
	p := picture{rows: rowsOf(bounded(t).Trace)}
	for i := range p.rows {
		p.rows[i].decisive = ""
	}
	p.rows = slices.DeleteFunc(p.rows, func(r row) bool { return r.kind == ran && r.source == "" })
	if p.lanes = p.lanesOf(t); len(p.lanes) == 0 {
		return nil, nil
	}
	p.files = filesOf(p)
	g, ok := p.grid(c.Columns)
	if !ok {
		for i := range p.rows {
			rows = append(rows, drawn(p.columnRow(i, c.Columns), c.Color)...)
		}
		return nil, rows
	}
	return drawn(g.header(), c.Color), drawn(g.body(), c.Color)
}

func drawn(lines []line, color bool) (texts []string) {
	for _, l := range lines {
		texts = append(texts, l.render(color))
	}
	return texts
}

// Of is the number of the option that lets a goroutine go on; -1 if there is none.
func (t Turn) Of(goroutine int) int {
	return slices.IndexFunc(t.Options, func(o Option) bool { return o.Goroutine == goroutine && o.Value == 0 })
}

// Held lists the locks that are held, and by which goroutines: "t.mu: g1".
func (t Turn) Held() (list []string) {
	states := States(bounded(t.Test))
	if len(states) == 0 {
		return nil
	}
	for _, l := range states[len(states)-1].Locks {
		var by []string
		for _, h := range l.Holds {
			name := who(h.Goroutine)
			if h.Reading {
				name += " (reading)"
			}
			by = append(by, name)
		}
		if by != nil {
			list = append(list, sentence(l.Object)+": "+listed(by))
		}
	}
	return list
}

// Channels lists the channels with a buffer, and what that holds: "jobs holds 2 of 4: 3, 7".
// Of others it lists those that are closed.
func (t Turn) Channels() (list []string) {
	states := States(bounded(t.Test))
	if len(states) == 0 {
		return nil
	}
	for _, c := range states[len(states)-1].Channels {
		text := channelWords(c)
		switch {
		case c.Capacity == 0 && !c.Closed:
			continue
		case c.Capacity == 0:
			text = "closed"
		case c.Length == 0:
			text = "empty"
			if c.Closed {
				text += ", closed"
			}
		}
		list = append(list, sentence(c.Object)+" "+text)
	}
	return list
}

// Memory lists what memory holds that several goroutines have used: "c.total = 3".
func (t Turn) Memory() (list []string) {
	trace := bounded(t.Test).Trace
	users, changed := map[string]map[int]bool{}, map[string]bool{}
	for _, s := range trace {
		if s.Object == "" || !onMemory(s) && s.Operation != "atomic" {
			continue
		}
		if users[s.Object] == nil {
			users[s.Object] = map[int]bool{}
		}
		users[s.Object][s.Goroutine] = true
		changed[s.Object] = changed[s.Object] || s.changes()
	}
	for _, object := range slices.Sorted(maps.Keys(users)) {
		if len(users[object]) < 2 || !changed[object] || !onePlace(trace, object) {
			continue
		}
		if value := valueAfter(trace, object, len(trace)-1); value != "" && value != "not nil" {
			list = append(list, holds(sentence(object), value))
		}
	}
	return list
}
