// Package evidence is the vocabulary between the packages that run learner code and those
// that judge it: verdicts, findings and checks. It holds values only; it runs nothing and
// decides nothing.
package evidence

import (
	"strconv"

	"heisenkata/grader/internal/explored"
)

// Verdict is the result of a run, a check, a test or an exercise. What the grader cannot
// classify is never Pass.
type Verdict string

// The verdicts, as they stand in reports.
const (
	Pass      Verdict = "pass"
	Fail      Verdict = "fail"      // an assertion of the test did not hold
	Race      Verdict = "race"      // two unordered accesses, by the race detector or the runtime's map check
	Leak      Verdict = "leak"      // goroutines outlived the test
	Deadlock  Verdict = "deadlock"  // all goroutines wait for each other
	Panic     Verdict = "panic"     // the process died of a panic or a fatal error
	Timeout   Verdict = "timeout"   // it still ran when its time was up
	Memory    Verdict = "memory"    // it ran out of memory
	Policy    Verdict = "policy"    // the fix uses what an exercise forbids
	Build     Verdict = "build"     // the fix does not compile
	Vet       Verdict = "vet"       // go vet objects to the fix
	Integrity Verdict = "integrity" // the process did not report as an honest test does
	Skipped   Verdict = "skipped"   // not run, because something before it failed
	Error     Verdict = "error"     // the grader itself could not do its work; never a zero
)

// Check is one test under one detector, or a whole fix under policy, build or vet.
type Check struct {
	Detector string  `json:"detector"`
	Verdict  Verdict `json:"verdict"`
	Runs     int     `json:"runs"`     // processes that gave evidence; of explore, schedules
	Failures int     `json:"failures"` // of those, how many failed
	// Wide counts the race-built processes among the runs that had two processors
	// or more. Only these can award points: a plain one does not look for races,
	// and on one processor a fence hides them.
	Wide int `json:"wide,omitempty"`
	// Proven tells of explore that every schedule which differs from the others was run.
	Proven  bool     `json:"proven,omitempty"`
	Finding *Finding `json:"finding"`
	Note    string   `json:"note,omitempty"` // what was run, or why nothing was
}

// Failed reports whether the check speaks against the fix.
func (c Check) Failed() bool {
	return c.Verdict != Pass && c.Verdict != Skipped && c.Verdict != Error
}

// Finding is what a check saw, where, what it means and how to see it again.
type Finding struct {
	Verdict    Verdict `json:"verdict"`
	Summary    string  `json:"summary"`              // what was seen, one line
	Meaning    string  `json:"meaning"`              // what that means, one sentence
	Advice     string  `json:"advice,omitempty"`     // what to do about it, where the finding alone tells
	Places     []Place `json:"places"`               // the learner's lines first
	Replay     string  `json:"replay,omitempty"`     // the command that shows it again
	GOMAXPROCS int     `json:"gomaxprocs,omitempty"` // of the run that showed it; 0: the machine's own
	Picture    string  `json:"picture,omitempty"`    // of a schedule: the interleaving, a lane for each goroutine
	Output     string  `json:"output,omitempty"`     // an excerpt of what the process printed
	// Explored is the exploration behind Picture, for those who draw it at a
	// width of their own.
	Explored *explored.Test `json:"explored,omitempty"`
}

// Against is a check in which the finding, if there is one, speaks against the fix.
func (f *Finding) Against(c Check) Check {
	if f != nil {
		c.Verdict, c.Failures, c.Finding, c.Note = f.Verdict, 1, f, ""
	}
	return c
}

// Place is a line of source and its part in a finding.
type Place struct {
	File string `json:"file"` // relative to the project's root, with slashes
	Line int    `json:"line"`
	Code string `json:"code,omitempty"` // the line itself, trimmed
	Role string `json:"role"`           // "write in goroutine 8", "goroutine 8 started here", …
}

func (p Place) String() string {
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line)
}

// Protection says how well the machine was protected from what the fixes do.
type Protection struct {
	Level       string   `json:"level"`       // full, partial or none
	Explanation string   `json:"explanation"` // what that means, in a sentence
	Missing     []string `json:"missing"`     // what does not hold here
}
