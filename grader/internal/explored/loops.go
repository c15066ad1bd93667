package explored

import (
	"fmt"
	"slices"
)

// loopSentence says where goroutines loop. Several in one loop are one endless loop; in
// several, they keep each other going. If the schedule was given up after some steps, they
// might still end.
func loopSentence(loops []Loop, givenUp string) string {
	var places, parts []string
	for _, l := range loops {
		at := place(l.File, l.Line)
		if len(places) == 0 || places[0] != at {
			places = append(places, at)
		}
		if l.Goroutine >= 0 {
			at = Name(l.Goroutine) + " loops at " + at
		}
		parts = append(parts, at)
	}
	switch {
	case givenUp != "" && len(places) == 1:
		return fmt.Sprintf("it has not ended after %s: it loops at %s", givenUp, places[0])
	case givenUp != "":
		return fmt.Sprintf("it has not ended after %s: %s", givenUp, listed(parts))
	case len(places) == 1:
		return "an endless loop at " + places[0]
	}
	return "a livelock: " + listed(parts) + ", and none of them gets any further"
}

// meanwhile says what the test waited for when it was given up, if it is others that loop:
// it may be what never comes, while those that loop do so in every run.
func meanwhile(t Test) string {
	own := func(l Loop) bool { return l.Goroutine <= 0 }
	if t.GivenUp == "" || slices.ContainsFunc(t.Loops, own) {
		return ""
	}
	for _, w := range t.Waiting {
		if w.Goroutine == 0 {
			return ", while the test " + w.wait()
		}
	}
	return ""
}
