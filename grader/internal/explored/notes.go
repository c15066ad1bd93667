package explored

import (
	"slices"
	"strings"
)

// verbs say what a step does with its object.
var verbs = map[string]string{
	"lock": "locks", "unlock": "unlocks", "rlock": "read-locks", "runlock": "read-unlocks",
	"signal": "signals", "broadcast": "broadcasts on", "close": "closes", "send": "sends on", "receive": "receives from",
	"length": "looks at the length of",
}

// condsLock reports whether a step is a part of Cond.Wait: that this lets go of the
// lock, and takes it again, goes without saying.
func condsLock(s Step) bool {
	return (s.Operation == "lock" || s.Operation == "unlock") && strings.Contains(s.Source, ".Wait(")
}

// objectNote names a step's object, where the source line calls it something
// else: one object has one name.
func objectNote(s Step, source string) string {
	object := sentence(s.Object)
	if object == "" || strings.Contains(source, object) || s.Plain || condsLock(s) {
		return ""
	}
	if verb := verbs[s.Operation]; verb != "" {
		return verb + " " + object
	}
	return ""
}

// deferred says what a step does whose source line is only a closing brace.
func deferred(s Step) string {
	switch verb := verbs[s.Operation]; {
	case verb != "":
		return verb + " " + s.Object
	case s.Operation == "waitgroup add":
		return s.Object + ".Done()"
	}
	return "} (" + trimmed(s.Operation+" "+s.Object) + ")"
}

func startNote(s Step) string {
	if s.Starts > 0 {
		return "starts " + who(s.Starts)
	}
	return ""
}

// wakeNote says whose wait a step ends. That a signal wakes nothing may be what
// goes wrong.
func wakeNote(s Step) string {
	var names []string
	for _, g := range s.Wakes {
		names = append(names, who(g))
	}
	switch {
	case len(names) > maxListed:
		return "wakes " + count(len(names), "goroutine")
	case names != nil:
		return "wakes " + listed(names)
	case (s.Operation == "signal" || s.Operation == "broadcast") && !s.Waited:
		return wakesNone
	}
	return ""
}

const wakesNone = "wakes no goroutine"

// accessNote says what an access does: "reads c.n".
func accessNote(s Step) string {
	if a, ok := accessOf(s); ok {
		return a.String()
	}
	return ""
}

// onlyTries takes back that a row takes a lock, or sends, or just goes on: it has
// to wait for that.
func (r *row) onlyTries() {
	r.notes = slices.DeleteFunc(r.notes, func(n string) bool {
		return n == goesOn || slices.ContainsFunc([]string{"lock", "rlock", "send", "receive"}, func(operation string) bool {
			return strings.HasPrefix(n, verbs[operation]+" ")
		})
	})
}

// waitedFor are the objects on which goroutines have waited for signals. Of others
// it tells nothing that a signal wakes no goroutine.
func waitedFor(trace []Step) map[string]bool {
	objects := map[string]bool{}
	for _, s := range trace {
		if s.Operation == "cond wait" {
			objects[s.Object] = true
		}
	}
	return objects
}

// noteStuck does so in the last rows of those that wait until the end.
func noteStuck(rows []row, waiting []Waiting) {
	for _, w := range waiting {
		if i := lastOf(rows, w.Goroutine); i >= 0 && rows[i].object == w.Object && rows[i].file == w.File && rows[i].line == w.Line {
			rows[i].onlyTries()
		}
	}
}

// noteInstant says of a WaitGroup.Wait of the code under test that it does not
// wait: that it came before the first Add is easily overlooked.
func noteInstant(rows []row, t Test) {
	next := nextSteps(t.Trace)
	for i := range rows {
		for _, j := range rows[i].steps {
			s := t.Trace[j]
			if s.Operation != "waitgroup wait" || s.Waited || inTest(s) {
				continue
			}
			switch n := next[j]; {
			case n > 0 && !t.Trace[n].Waited, n == 0 && s.Goroutine == 0 && t.Verdict == Wrong:
				rows[i].note("returns at once")
			}
		}
	}
}

// withStarts joins the notes of a line that starts several goroutines.
func withStarts(notes []string) (joined []string) {
	var started []string
	for _, n := range notes {
		if name, ok := strings.CutPrefix(n, "starts "); ok {
			started = append(started, name)
		} else {
			joined = append(joined, n)
		}
	}
	if started == nil {
		return joined
	}
	return append([]string{"starts " + listed(started)}, joined...)
}
