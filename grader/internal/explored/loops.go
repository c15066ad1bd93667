package explored

// loopSentence says where goroutines go round and round. Several in one loop are
// one endless loop; in several, they keep each other going.
func loopSentence(loops []Loop) string {
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
	if len(places) == 1 {
		return "an endless loop at " + places[0]
	}
	return "a livelock: " + listed(parts) + ", and none of them gets any further"
}
