package explored

import (
	"slices"
	"strings"
)

// maxFacts bounds how many objects are followed.
const maxFacts = 16

// facts puts states into words, and tells what of them is new since it was last asked.
type facts struct {
	Test
	picture
	states []State
	next   []int           // of each step, the next one of the same goroutine, or 0
	shared []string        // the objects that are followed
	single map[string]bool // of them, those whose names mean one place in memory
	told   map[int]string  // by key
}

func factsOf(t Test, p picture, states []State) *facts {
	f := &facts{Test: t, picture: p, states: states, next: following(t.Trace), told: map[int]string{}, single: map[string]bool{}}
	f.shared = f.objects()
	for _, object := range f.shared {
		f.single[object] = onePlace(t.Trace, object)
	}
	return f
}

// at is what is new after a step.
func (f *facts) at(step int) (changes []Change) {
	say := func(key int, of, text string) {
		if f.told[key] != text {
			f.told[key] = text
			changes = append(changes, Change{key, of, text})
		}
	}
	s := f.states[step]
	for i, l := range f.lanes {
		if g, ok := s.Of(l.goroutine); ok {
			say(i, who(l.goroutine), standingWords(g, s))
		}
	}
	for i, object := range f.shared {
		say(len(f.lanes)+i, sentence(object), f.objectWords(s, object, step))
	}
	return changes
}

// standingWords says how a goroutine stands among the others.
func standingWords(g Standing, s State) string {
	switch g.Doing {
	case Done:
		return "takes no further step"
	case Ready:
		return "can run"
	}
	text, _ := waitsTo(g.For.Operation, sentence(g.For.Object))
	var all []Waiting
	for _, other := range s.Goroutines {
		if other.Doing == Waits {
			all = append(all, other.For)
		}
	}
	return text + heldUp(g.For, all)
}

// objectWords says which goroutines hold an object and which wait for it, or else what was
// last done with it; nothing before anything was.
func (f *facts) objectWords(s State, object string, step int) string {
	var parts []string
	if i := slices.IndexFunc(s.Channels, func(c Channel) bool { return c.Object == object }); i >= 0 {
		parts = append(parts, channelWords(s.Channels[i]))
	}
	if i := slices.IndexFunc(s.Locks, func(l Lock) bool { return l.Object == object }); i >= 0 {
		parts = append(parts, f.heldWords(s.Locks[i]))
	} else if last := f.lastUse(object, step); last >= 0 {
		if f.single[object] {
			parts = append(parts, nonEmpty(valueAfter(f.Trace, object, step))...)
		}
		parts = append(parts, f.useWords(f.Trace[last]))
	}
	if waiters := s.Waiters(object); len(waiters) > 0 {
		parts = append(parts, waitersWords(waiters))
	}
	return strings.Join(parts, "; ")
}

func waitersWords(goroutines []int) string {
	if len(goroutines) > maxListed {
		return count(len(goroutines), "goroutine") + " wait"
	}
	return listed(whos(goroutines)) + map[bool]string{true: " waits", false: " wait"}[len(goroutines) == 1]
}

func whos(goroutines []int) (names []string) {
	for _, g := range goroutines {
		names = append(names, who(g))
	}
	return names
}

func (f *facts) heldWords(l Lock) string {
	if len(l.Holds) == 0 {
		return "free"
	}
	var names []string
	for _, h := range l.Holds[:min(len(l.Holds), maxListed)] {
		names = append(names, who(h.Goroutine)+" since "+place(f.Trace[h.Step].File, f.Trace[h.Step].Line))
	}
	if more := len(l.Holds) - len(names); more > 0 {
		names = append(names, count(more, "other"))
	}
	if l.Holds[0].Reading {
		return "held for reading by " + listed(names)
	}
	return "held by " + listed(names)
}

// done says what a step has done with its object.
var done = map[string]string{
	"write": "last written by", "read": "last read by", "memory": "last used by", "atomic": "last used by", "send": "last sent on by",
	"receive": "last received from by", "close": "closed by", "signal": "last signalled by", "broadcast": "last broadcast by",
}

// useWords says what a step did.
func (f *facts) useWords(s Step) string {
	text := done[s.Operation]
	if s.Operation == "waitgroup add" {
		text = "last counted by"
	}
	text += " " + who(s.Goroutine)
	if at := place(s.File, s.Line); at != "" {
		text += " (" + at + ")"
	}
	if note := wakeNote(s); note != "" {
		text += ", " + strings.Replace(note, "wakes", "woke", 1)
	}
	return text
}

// tells says whether a step changes what is known of its object.
func (s Step) tells() bool {
	return done[s.Operation] != "" && s.Operation != "read" || s.Operation == "waitgroup add"
}

// lastUse is the last step up to one that changed an object, or -1.
func (f *facts) lastUse(object string, step int) int {
	for i := step; i >= 0; i-- {
		if s := f.Trace[i]; s.Object == object && s.tells() && s.Goroutine >= 0 && !f.pending(i, step) {
			return i
		}
	}
	return -1
}

// pending reports whether what a step does had to wait, and still has not happened at a later
// one.
func (f *facts) pending(i, later int) bool {
	s := f.Trace[i]
	if n := f.next[i]; n > 0 {
		then := f.Trace[n]
		return n > later && then.Waited && then.File == s.File && then.Line == s.Line && (then.Operation == "resume" || then.Operation == s.Operation)
	}
	return slices.ContainsFunc(f.Waiting, func(w Waiting) bool {
		return w.Goroutine == s.Goroutine && w.Object == s.Object && w.Operation == s.Operation && w.Line == s.Line
	})
}

// objects are those that the picture shows, in the order in which it does: all but memory
// that only one goroutine touches, or that none writes.
func (f *facts) objects() (names []string) {
	users, changed := map[string]map[int]bool{}, map[string]bool{}
	for _, s := range f.Trace {
		if users[s.Object] == nil {
			users[s.Object] = map[int]bool{}
		}
		users[s.Object][s.Goroutine] = true
		changed[s.Object] = changed[s.Object] || s.tells()
	}
	add := func(object string, memory bool) {
		if object == "" || slices.Contains(names, object) || len(names) == maxFacts || memory && (len(users[object]) < 2 || !changed[object]) {
			return
		}
		names = append(names, object)
	}
	for _, r := range f.rows {
		for _, i := range r.steps {
			s := f.Trace[i]
			add(s.Object, onMemory(s) || s.Operation == "start" || s.Operation == "go" || s.Operation == "call")
			add(s.Chosen, false)
		}
		if r.waits {
			add(r.object, false)
		}
	}
	for _, w := range f.end.waiting {
		if w.Operation != "select" { // it names several
			add(w.Object, false)
		}
	}
	return names
}
