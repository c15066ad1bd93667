package explored

import (
	"cmp"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
)

// access is what a step does with plain memory.
type access struct {
	verb, object, value string
	brief               bool // its object has a long name that the source line shows
}

// longName is from how many characters on a name is not repeated below its source line.
const longName = 16

// accessOf is the access that a step is; false if it is none, or of something that has no
// name.
func accessOf(s Step) (a access, ok bool) {
	if s.Object == "" || s.Operation != "read" && s.Operation != "write" {
		return access{}, false
	}
	object := sentence(s.Object)
	return access{s.Operation + "s", object, tellingValue(s), len(object) >= longName && strings.Contains(s.Source, s.Object)}, true
}

// tellingValue is what a step's object holds, if that tells anything: that a pointer is not
// nil does only where the code asks.
func tellingValue(s Step) string {
	if s.Value == "not nil" && !strings.Contains(s.Source, "nil") {
		return ""
	}
	return sentence(s.Value)
}

// String says what an access does: "reads c.n", "writes c.n = 1".
func (a access) String() string {
	if a.brief && a.value != "" && !inWords(a.value) {
		return a.verb + " " + a.value
	}
	return a.verb + " " + holds(a.object, a.value)
}

// inWords reports whether a value is only described.
func inWords(value string) bool { return value == "not nil" || strings.HasPrefix(value, "len ") }

// holds says what an object holds: "c.n = 1", "c.list, len 3"; only its name if that is not
// known.
func holds(object, value string) string {
	switch {
	case value == "":
		return object
	case inWords(value):
		return object + ", " + value
	}
	return object + " = " + value
}

// compactAccesses joins the accesses of a row: "reads and writes c.n", or, with values,
// "reads c.n = 0, then writes 1".
func compactAccesses(does []access) (texts []string) {
	var objects []string
	for _, d := range does {
		if !slices.Contains(objects, d.object) {
			objects = append(objects, d.object)
		}
	}
	for _, o := range objects {
		var read, written *access
		for i := range does {
			switch {
			case does[i].object != o:
			case does[i].verb == "writes":
				written = &does[i]
			case written == nil:
				read = &does[i]
			}
		}
		switch {
		case read == nil || written == nil:
			texts = append(texts, cmp.Or(written, read).String())
		case read.value != "" && written.value != "":
			texts = append(texts, read.String()+", then writes "+written.value)
		default:
			texts = append(texts, "reads and writes "+holds(o, written.value))
		}
	}
	return texts
}

// maxTold is how many values are told beside a line.
const maxTold = 2

// beside says what a row's line has come upon, as far as its notes do not: what its calls
// returned, what the memory that it accesses holds after it. Empty if nothing is known.
func (r row) beside() string {
	switch {
	case r.returned == nil && r.holds == nil && r.sent == nil:
		return ""
	case r.sent != nil:
		return "· sends " + strings.Join(r.sent[:min(len(r.sent), maxTold)], ", ")
	case len(r.returned) == 1:
		_, value, _ := strings.Cut(r.returned[0], "→ ")
		switch {
		case value == "not nil" && !strings.Contains(r.source, "nil"):
			return ""
		case strings.Count(r.source, "(") > 1: // it may not be what the line is about
			return r.returned[0]
		}
		return "→ " + value
	case len(r.returned) > 1:
		return strings.Join(r.returned[:min(len(r.returned), maxTold)], ", ")
	}
	var texts []string
	for _, a := range r.holds {
		if !r.shows(a) {
			texts = append(texts, holds(a.object, a.value))
		}
	}
	switch {
	case texts == nil:
		return ""
	case len(r.holds) == 1 && r.holds[0].brief && !inWords(r.holds[0].value):
		return "→ " + r.holds[0].value
	}
	return "· " + strings.Join(texts[:min(len(texts), maxTold)], ", ")
}

// shows reports whether a row's source, its notes or its mark show a value already.
func (r row) shows(a access) bool {
	if strings.Contains(r.source, a.object+" = "+a.value) {
		return true
	}
	said := append(slices.Clone(r.notes), r.mark)
	return slices.ContainsFunc(said, func(text string) bool {
		return strings.HasSuffix(text, a.value) && (strings.Contains(text, "s "+a.object) || strings.HasSuffix(text, "s "+a.value))
	})
}

// come adds what a step has come upon.
func (r *row) come(s Step) {
	if _, is := caseOf(s); s.Returned != "" && !is {
		r.returned = append(r.returned, sentence(s.Returned))
	}
	if value := sentence(s.Received); value != "" && !inWords(value) {
		r.returned = append(r.returned, "→ "+value)
	}
	if value := tellingSent(s); value != "" {
		r.sent = append(r.sent, value)
	}
	a, ok := accessOf(s)
	if !ok || a.value == "" {
		return
	}
	r.holds = slices.DeleteFunc(r.holds, func(o access) bool { return o.object == a.object })
	r.holds = append(r.holds, a)
}

// tellingSent is the value that a step sends, if its source does not show it.
func tellingSent(s Step) string {
	value := sentence(s.Sent)
	if value == "" || inWords(value) || strings.Contains(s.Source, value) {
		return ""
	}
	return value
}

// withBeside is a row's source with what is told beside it, if it fits; else the source
// alone, and false. 0 columns is any width.
func (r row) withBeside(columns int) (text string, ok bool) {
	text = r.source + "  " + r.beside()
	return text, columns == 0 || lipgloss.Width(text) <= columns
}

// valueAfter is what an object is known to hold after a step; empty if that is not known. The
// same memory may have other names elsewhere, of which the last word is the same: a write to
// one of them leaves it unknown.
func valueAfter(trace []Step, object string, step int) string {
	for i := step; i >= 0; i-- {
		s := trace[i]
		switch {
		case s.Object == object && s.Value != "":
			return sentence(s.Value)
		case s.Object != "" && lastWord(s.Object) == lastWord(object) && s.changes():
			return ""
		}
	}
	return ""
}

// changes reports whether a step may change what its object holds.
func (s Step) changes() bool {
	switch s.Operation {
	case "write", "memory", "call":
		return true
	case "atomic":
		return !strings.HasSuffix(s.Returned, "→ false")
	}
	return false
}

// onePlace reports whether a name means the same memory wherever the trace has it, as far as
// values tell: each read of it finds what was written last.
func onePlace(trace []Step, object string) bool {
	for i, s := range trace {
		if i == 0 || s.Object != object || s.Operation != "read" || s.Value == "" {
			continue
		}
		if before := valueAfter(trace, object, i-1); before != "" && before != sentence(s.Value) {
			return false
		}
	}
	return true
}
