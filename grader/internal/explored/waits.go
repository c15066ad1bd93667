package explored

import (
	"fmt"
	"slices"
	"strings"
)

// maxListed is how many waits a sentence names.
const maxListed = 4

// waitsTo says what an operation waits for, and what would have to happen for
// it to go on.
func waitsTo(operation, object string) (wait, never string) {
	named := func(preposition, otherwise string) string {
		if object == "" {
			return otherwise
		}
		return preposition + object
	}
	switch operation {
	case "send":
		return "waits to send" + named(" on ", ""), "no goroutine will receive"
	case "receive":
		return "waits to receive" + named(" from ", ""), "no goroutine will send or close it"
	case NilSend:
		return "waits to send" + named(" on ", "") + " (nil)", "a send on a nil channel blocks forever"
	case NilReceive:
		return "waits to receive" + named(" from ", "") + " (nil)", "a receive from a nil channel blocks forever"
	case EmptySelect:
		return "waits in an empty select", "an empty select blocks forever"
	case "select":
		return "waits in a select" + named(" on ", ""), "none of its cases will ever be ready"
	case "lock", "rlock":
		return "waits for " + named("", "a lock"), "no goroutine will unlock it"
	case "waitgroup wait":
		return "waits for " + named("", "a WaitGroup"), "no goroutine will call Done"
	case "cond wait":
		return "waits for a signal" + named(" on ", ""), "none will come"
	case "sleep", "timer":
		return "sleeps", "nothing will wake it"
	case "idle":
		return "waits until every other goroutine is blocked or has ended", "one of them goes on"
	case Late:
		return "still works", "long after the test has ended"
	case "in code that is not instrumented":
		return "is in " + named("", "code that is not instrumented"), "it does not return"
	}
	return "waits for " + named("", "what does not come"), "it will not come"
}

// wait is one goroutine's wait, with its place: "waits for b (bank.go:12)".
func (w Waiting) wait() string {
	text, _ := waitsTo(w.Operation, w.Object)
	if w.File != "" {
		text += " (" + place(w.File, w.Line) + ")"
	}
	return text
}

// why says why a wait does not end.
func (w Waiting) why() string {
	_, never := waitsTo(w.Operation, w.Object)
	switch {
	case w.HeldBy >= 0:
		return "which " + who(w.HeldBy) + " holds"
	case w.Operation == Late:
		return never
	}
	return "and " + never
}

// deadlockSentence tells the circle of locks if there is one, and otherwise
// what each waits for.
func deadlockSentence(t Test) string {
	circle, rest := circleOf(t.Waiting)
	switch {
	case len(circle) == 0 && len(rest) == 1:
		return fmt.Sprintf("%s %s, %s", who(rest[0].Goroutine), rest[0].wait(), rest[0].why())
	case len(circle) == 0:
		return clauses(rest) + ": no goroutine can go on"
	case len(rest) > 0:
		return circleSentence(t.Trace, circle) + ". Behind that, " + clauses(rest)
	}
	return circleSentence(t.Trace, circle)
}

// circleSentence says which goroutine holds what and waits for what the next one holds.
func circleSentence(trace []Step, circle []Waiting) string {
	if len(circle) > maxListed {
		return fmt.Sprintf("%d goroutines wait in a cycle, each for what the next one holds, starting with %s and %s: none of them can go on",
			len(circle), who(circle[0].Goroutine), who(circle[1].Goroutine))
	}
	if len(circle) > 1 && oneObject(circle) {
		return queueSentence(circle)
	}
	var parts []string
	for i, w := range circle {
		held := circle[(i+len(circle)-1)%len(circle)] // the one before waits for what this one holds
		parts = append(parts, fmt.Sprintf("%s holds %s and %s", who(w.Goroutine), holding(trace, w.Goroutine, held.Object), circleWait(w, held)))
	}
	return strings.Join(parts, "; ") + ": " + stuck(len(circle))
}

// oneObject reports whether all wait for the same: a reader behind a writer that
// waits behind the reader.
func oneObject(list []Waiting) bool {
	return !slices.ContainsFunc(list, func(w Waiting) bool { return w.Object == "" || w.Object != list[0].Object })
}

func queueSentence(circle []Waiting) string {
	var parts []string
	for _, w := range circle {
		parts = append(parts, fmt.Sprintf("%s %s behind %s", who(w.Goroutine), w.wait(), who(w.HeldBy)))
	}
	return strings.Join(parts, "; ") + ": " + stuck(len(circle))
}

// heldUp says which goroutine holds up one of those that wait: it has what the other waits
// for, or waits for the same and is ahead in line.
func heldUp(w Waiting, all []Waiting) string {
	if w.HeldBy < 0 {
		return ""
	}
	ahead := slices.ContainsFunc(all, func(o Waiting) bool {
		return o.Goroutine == w.HeldBy && o.Operation == "lock" && o.Goroutine != w.Goroutine && o.Object == w.Object && o.HeldBy != o.Goroutine
	})
	return map[bool]string{true: ", behind ", false: ", held by "}[ahead] + who(w.HeldBy)
}

// Who is a goroutine's name within a sentence.
func Who(goroutine int) string { return who(goroutine) }

func who(goroutine int) string {
	if goroutine == 0 {
		return "the test"
	}
	return Name(goroutine)
}

// circleWait leaves out the place: the picture shows it.
func circleWait(w, held Waiting) string {
	if w.Goroutine == held.Goroutine {
		return "waits for it again"
	}
	text, _ := waitsTo(w.Operation, w.Object)
	return text
}

func stuck(n int) string {
	switch n {
	case 1:
		return "it can never go on"
	case 2:
		return "neither can go on"
	}
	return "none of them can go on"
}

// holding names a lock, and where the goroutine that still holds it took it.
func holding(trace []Step, goroutine int, object string) string {
	text, released := fallback(object, "a lock"), 0
	for _, s := range slices.Backward(trace) {
		switch {
		case object == "" || s.Goroutine != goroutine || s.Object != object:
		case s.Operation == "unlock" || s.Operation == "runlock":
			released++
		case s.Operation != "lock" && s.Operation != "rlock":
		case released > 0:
			released--
		case s.File != "":
			return fmt.Sprintf("%s (%s)", text, place(s.File, s.Line))
		}
	}
	return text
}

// circleOf parts those that wait for each other in a circle, each for what the
// next holds, from the others.
func circleOf(all []Waiting) (circle, rest []Waiting) {
	by := map[int]Waiting{}
	for _, w := range all {
		by[w.Goroutine] = w
	}
	for _, w := range all {
		if circle = circleFrom(by, w); circle != nil {
			break
		}
	}
	in := map[int]bool{}
	for _, w := range circle {
		in[w.Goroutine] = true
	}
	for _, w := range all {
		if !in[w.Goroutine] {
			rest = append(rest, w)
		}
	}
	return circle, rest
}

// circleFrom follows a cycle of waiting goroutines until it is back where it began.
func circleFrom(by map[int]Waiting, from Waiting) (circle []Waiting) {
	for w, ok := from, true; ok && len(circle) < len(by); w, ok = by[w.HeldBy] {
		circle = append(circle, w)
		if w.HeldBy == from.Goroutine {
			return circle
		}
	}
	return nil
}

// clauses says what each waits for.
func clauses(list []Waiting) string {
	var parts []string
	for i, g := range grouped(list) {
		if i == maxListed {
			parts = append(parts, "and others")
			break
		}
		verb := g.first.wait()
		if len(g.names) > 1 {
			verb = "each " + plural(verb)
		}
		parts = append(parts, listed(g.names)+" "+verb)
	}
	return strings.Join(parts, "; ")
}

// plural is a clause of one goroutine as it is of several: "wait for mu".
func plural(clause string) string {
	verb, rest, _ := strings.Cut(clause, " ")
	if verb == "is" {
		verb = "are"
	}
	return trimmed(strings.TrimSuffix(verb, "s") + " " + rest)
}

// leakSentence says which goroutines are left, and why; and of one, where it was started.
func leakSentence(t Test) string {
	var parts []string
	for i, g := range grouped(t.Waiting) {
		if i == maxListed {
			parts = append(parts, "and others")
			break
		}
		are, each := " is left: it", ""
		if start := laneOf(g.first.Goroutine, t.Trace, false); start.file != "" && len(t.Waiting) == 1 {
			are = ", started at " + place(start.file, start.line) + "," + are
		}
		if len(g.names) > 1 {
			are, each = " are left:", "each "
		}
		parts = append(parts, fmt.Sprintf("%s%s %s%s, %s", listed(g.names), are, each, g.first.wait(), g.first.why()))
	}
	return strings.Join(parts, "; ")
}

// group is goroutines that wait at the same place for the same.
type group struct {
	first Waiting
	names []string
}

func grouped(list []Waiting) (groups []*group) {
	by := map[Waiting]*group{}
	for _, w := range list {
		same := w
		same.Goroutine = 0
		if by[same] == nil {
			by[same] = &group{first: w}
			groups = append(groups, by[same])
		}
		if g := by[same]; len(g.names) < maxListed {
			g.names = append(g.names, who(w.Goroutine))
		} else if len(g.names) == maxListed {
			g.names = append(g.names, "others")
		}
	}
	return groups
}
