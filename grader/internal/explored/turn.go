package explored

import "strings"

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
}

// Option is something to choose: a goroutine that goes on, time that passes, or the value
// that a goroutine's operation takes.
type Option struct {
	Goroutine int    // -1: time passes
	Slip      string // by how much, as time.Duration writes it
	Value     int    // from 1 on; 0 if it is not a value that is to choose
}

// Ended tells whether there is nothing left to choose.
func (t Turn) Ended() bool { return len(t.Options) == 0 }

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

// IsScenario tells whether a test's name says that it is one.
func IsScenario(test string) bool { return strings.HasPrefix(test, ScenarioPrefix) }
