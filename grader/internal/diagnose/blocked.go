package diagnose

import (
	"fmt"
	"strings"

	"heisenkata/grader/internal/evidence"
)

// maxPlaces bounds how many goroutines a finding names.
const maxPlaces = 6

// waiting names the lines at which goroutines wait, each once with a count.
func waiting(src Source, all []goroutine) (places []evidence.Place) {
	type spot struct {
		file string
		line int
		what string
	}
	count, order := map[spot]int{}, []spot{}
	for _, g := range all {
		at, ok := src.where(g.frames)
		if !ok || !g.blocked() {
			continue
		}
		s := spot{at.file, at.line, g.state}
		if count[s] == 0 {
			order = append(order, s)
		}
		count[s]++
	}
	for _, s := range order[:min(len(order), maxPlaces)] {
		role := "a goroutine waits here " + waitOf(s.what)
		if count[s] > 1 {
			role = fmt.Sprintf("%d goroutines wait here %s", count[s], waitOf(s.what))
		}
		places = append(places, evidence.Place{File: s.file, Line: s.line, Role: role})
	}
	return places
}

// waits says what goroutines in a state wait for, in words that go after "waits here".
var waits = map[string]string{
	"chan receive":            "to receive from a channel",
	"chan receive (nil chan)": "to receive from a nil channel, which blocks forever",
	"chan send":               "to send on a channel",
	"chan send (nil chan)":    "to send on a nil channel, which blocks forever",
	"select":                  "in a select",
	"select (no cases)":       "in an empty select, which blocks forever",
	"semacquire":              "for a lock or a WaitGroup",
	"sync.Mutex.Lock":         "to lock a Mutex",
	"sync.RWMutex.Lock":       "to lock an RWMutex",
	"sync.RWMutex.RLock":      "to read-lock an RWMutex",
	"sync.Cond.Wait":          "for a signal (Cond.Wait)",
	"sync.WaitGroup.Wait":     "for a WaitGroup",
}

func waitOf(state string) string {
	if text := waits[state]; text != "" {
		return text
	}
	return "(" + state + ")"
}

// learnersFirst moves the learner's own lines to the front.
func learnersFirst(src Source, places []evidence.Place) (sorted []evidence.Place) {
	for _, own := range []bool{true, false} {
		for _, p := range places {
			if src.Learners(p.File) == own {
				sorted = append(sorted, p)
			}
		}
	}
	return sorted
}

func explainDeadlock(src Source, e Ending) evidence.Finding {
	return evidence.Finding{
		Summary: "deadlock: every goroutine is blocked, and none can wake another",
		Meaning: "Look at what each one holds while it waits.",
		Places:  learnersFirst(src, waiting(src, ours(e.Output))),
		Output:  shorten(e.Output),
	}
}

// explainStuck reads the message of the tests' own watchdog, which says what
// should have happened, and the dump below it.
func explainStuck(src Source, e Ending) evidence.Finding {
	f := explainDeadlock(src, e)
	f.Summary = "stuck: " + stuckMessage.FindStringSubmatch(e.Output)[1]
	return f
}

func explainLeak(src Source, e Ending) evidence.Finding {
	_, text, _ := strings.Cut(e.Output, goleakErrors)
	return leak(src, parseGoroutines(text), goleakErrors+text)
}

func explainBubbleLeak(src Source, e Ending) evidence.Finding {
	_, text, _ := strings.Cut(e.Output, bubbleLeak)
	var left []goroutine
	for _, g := range parseGoroutines(text) {
		if g.blocked() && len(g.created) > 0 && g.bubble {
			left = append(left, g)
		}
	}
	return leak(src, left, bubbleLeak+text)
}

func leak(src Source, all []goroutine, text string) evidence.Finding {
	f := evidence.Finding{
		Summary: "goroutine leak: the test has ended, and a goroutine still waits",
		Meaning: "What it waits for never happens. It and everything it references stay in memory until the process ends.",
		Places:  learnersFirst(src, waiting(src, all)),
		Output:  shorten(text),
	}
	if len(all) > 1 {
		f.Summary = fmt.Sprintf("goroutine leak: the test has ended, and %d goroutines still wait", len(all))
		f.Meaning = "What they wait for never happens. They and everything they reference stay in memory until the process ends."
	}
	for _, g := range all {
		if at, ok := src.where(g.created); ok {
			f.Places = append(f.Places, at.place("goroutine "+g.id+" was started here"))
			break
		}
	}
	return f
}
