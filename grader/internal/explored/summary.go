package explored

import (
	"fmt"
	"slices"
	"strings"
)

// Summarise describes the result of a test in a sentence or two: from its verdict,
// from the goroutines that wait or the accesses that race, and from a message, which
// is the test's own, a panic's value, or the reason for a doubt. It uses the trace
// only to see where a lock was taken.
func Summarise(t Test, message string) string {
	own := message
	message = strings.Join(strings.Fields(message), " ")
	switch {
	case t.Verdict == Race && len(t.Races) == 2:
		sides := located(t.Races, t.Trace)
		return raceSentence(sides[0], sides[1])
	case t.Verdict == Deadlock && len(t.Waiting) > 0:
		return deadlockSentence(t)
	case t.Verdict == Leak && len(t.Waiting) > 0:
		return leakSentence(t)
	case t.Verdict == Running && len(t.Loops) > 0:
		return loopSentence(t.Loops, t.GivenUp) + meanwhile(t)
	case t.Verdict == Wrong:
		own, _ = Tabled(own)
		return "the test fails: " + fallback(InShort(Assertion(strings.TrimPrefix(own, t.Name+": "))), "it does not say why")
	case t.Verdict == Panic && t.Exceeded != "":
		return message
	case t.Verdict == Panic:
		return "panic: " + fallback(message, "without a message")
	}
	return fallback(message, map[Verdict]string{
		Race:     "two goroutines touch the same memory, and nothing orders the two",
		Deadlock: "no goroutine can go on",
		Leak:     "a goroutine is left when the test has ended",
		Running:  "it had not ended when its time was up", Unexplorable: "the explorer does not say why",
	}[t.Verdict])
}

// besides introduces a leak that is not what is shown.
func besides(l Left) string { return "Another schedule shows a leak: " + l.Summary }

func fallback(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func raceSentence(a, b Access) string {
	first, second := sideOf(a, "one goroutine"), sideOf(b, "another")
	at, there := place(a.File, a.Line), place(b.File, b.Line)
	if a.ofWaitGroup() && b.ofWaitGroup() && a.Operation != b.Operation {
		return waitGroupSentence(a, b)
	}
	if a.Object == "" && b.Object != "" { // the one that can be named comes first
		return raceSentence(b, a)
	}
	b.Object = fallback(b.Object, a.Object)
	switch {
	case a.Object == "":
		return fmt.Sprintf("%s %s at %s what %s %s at %s, and nothing orders the two", first, accesses(a), at, second, accesses(b), there)
	case a.Object != b.Object:
		return fmt.Sprintf("%s %s at %s, %s %s at %s: they are the same memory, and nothing orders the two", first, accesses(a), at, second, accesses(b), there)
	}
	return fmt.Sprintf("%s %s at %s, %s %s it at %s, and nothing orders the two", first, accesses(a), at, second, verb(b), there)
}

func (a Access) ofWaitGroup() bool {
	return a.Operation == WaitGroupAdd || a.Operation == WaitGroupWait
}

// waitGroupSentence is of a race that the detector sees between Add and Wait.
func waitGroupSentence(a, b Access) string {
	if a.Operation != WaitGroupAdd {
		a, b = b, a
	}
	return fmt.Sprintf("%s calls %s at %s while %s is in %s at %s; Add must happen before Wait, and nothing makes it",
		sideOf(a, "one goroutine"), waitGroupCall(a), place(a.File, a.Line), sideOf(b, "another"), waitGroupCall(b), place(b.File, b.Line))
}

// waitGroupCall is the call that an access of a WaitGroup belongs to.
func waitGroupCall(a Access) string {
	_, method, _ := strings.Cut(a.Operation, ".")
	if strings.Contains(a.Source, ".Go(") && method == "Add" {
		method = "Go"
	}
	if a.Object == "" {
		return method
	}
	return a.Object + "." + method
}

// sideOf is the goroutine of an access, within a sentence.
func sideOf(a Access, otherwise string) string {
	if a.Goroutine == Name(0) {
		return who(0)
	}
	return fallback(a.Goroutine, otherwise)
}

// accesses is an access's verb and what it is on.
func accesses(a Access) string {
	switch {
	case a.ofWaitGroup():
		return "calls " + waitGroupCall(a)
	case a.Object == "":
		return verb(a)
	}
	return verb(a) + " " + sentence(a.Object)
}

// verb is what an access does.
func verb(a Access) string {
	how := ""
	if strings.Contains(a.Operation, "atomic") {
		how = "atomically "
	}
	switch {
	case a.Operation == ChannelClose:
		return "closes"
	case a.Operation == ChannelSend:
		return "sends to"
	case strings.Contains(a.Operation, "write"):
		return how + "writes"
	case strings.Contains(a.Operation, "read"):
		return how + "reads"
	}
	return "touches"
}

// cause is what findings have in common that are one for a reader: where goroutines are
// left, or which two lines race. It is empty if none can be told, or if there is more to tell.
func (t Test) cause() string {
	if t.Story != "" || t.FailedAt != nil || t.Left != nil {
		return ""
	}
	var places []string
	switch t.Verdict {
	case Leak:
		for _, w := range t.Waiting {
			if w.File == "" {
				return ""
			}
			places = append(places, w.Operation+" "+place(w.File, w.Line))
		}
	case Race:
		for _, a := range t.Races {
			places = append(places, place(a.File, a.Line))
		}
	}
	slices.Sort(places)
	return strings.Join(slices.Compact(places), ", ")
}
