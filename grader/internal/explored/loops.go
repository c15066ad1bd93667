package explored

import "fmt"

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
