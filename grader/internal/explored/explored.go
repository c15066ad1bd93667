// Package explored holds what an exploration found, as data, and writes it for
// people and for programs. It is pure: nothing here runs or reads anything.
package explored

// Schema names the format of the JSON report.
const Schema = "heisenkata/explore/v1"

// Verdict is the result of exploring one test.
type Verdict string

// The verdicts. Running is a doubt, neither pass nor failure; so is Timing, of a
// test that fails in all schedules, and in each only after a timeout that came too
// early; so is Unexplorable, which always has a reason. A Skipped test has skipped itself.
const (
	Pass         Verdict = "pass"
	Race         Verdict = "race"
	Wrong        Verdict = "wrong"
	Panic        Verdict = "panic"
	Deadlock     Verdict = "deadlock"
	Leak         Verdict = "leak"
	Running      Verdict = "running"
	Timing       Verdict = "timing"
	Unexplorable Verdict = "unexplorable"
	Skipped      Verdict = "skipped"
)

// OutcomeSaysWhy reports whether the words for a test's outcome include its summary.
func (v Verdict) OutcomeSaysWhy() bool { return v == Unexplorable || v == Skipped }

// Found reports whether a verdict is a finding.
func (v Verdict) Found() bool {
	switch v {
	case Race, Wrong, Panic, Deadlock, Leak:
		return true
	}
	return false
}

// Report is what `grader explore` and `grader replay` print.
type Report struct {
	Schema   string    `json:"schema"`
	Packages []Package `json:"packages"`
	// Again is how a reader runs a finding's schedule again.
	Again Again `json:"-"`
	// Unchosen are the names of tests that were not asked for.
	Unchosen []string `json:"-"`
}

// Again is what the commands that replay a schedule have in common.
type Again struct {
	Grader string   // how the reader calls the grader; if empty, as an installed program
	Flags  []string // that the exploration had, and that a replay needs
}

// NoTests is the reason of a package that there is nothing to explore in. It is not a
// fault, and not counted.
const NoTests = "it has no tests"

// Vanished begins the summary of a test whose process was gone before it had reported a
// result.
const Vanished = "the process ended by itself"

// Forged is the summary of a test whose process reports schedules that it has not run: code
// under test has taken it over.
const Forged = "the process reports schedules that it did not run"

// Package is one package's tests.
type Package struct {
	Package string `json:"package"` // import path
	Dir     string `json:"dir"`     // relative to the working directory, for the commands that are shown; there it may be an exercise's id
	// Reason says why none of its tests could be explored: it does not build, or
	// has no tests.
	Reason string `json:"reason,omitempty"`
	// Broken: it does not build, or is not there, which the caller has to change.
	Broken bool   `json:"-"`
	Tests  []Test `json:"tests"`
	// NotExplored are its fuzz tests and examples, which only go test runs.
	NotExplored []string `json:"not_explored,omitempty"`
}

// Test is one test under exploration.
type Test struct {
	Name      string  `json:"name"`
	Verdict   Verdict `json:"verdict"`
	Schedules int     `json:"schedules"` // how many ran, the failing one among them
	// Number is which of them shows the finding, from 1 on, if it is not the last: a leak
	// ends no search. 0 otherwise.
	Number int `json:"number,omitempty"`
	// Stall is for how long goroutines that could run have to be kept from it in the
	// schedule shown, as time.Duration writes it. Empty if time passes only while all wait.
	Stall string `json:"stall,omitempty"`
	// Exhausted is the number of delays up to which every schedule was tried, or
	// null if the schedules were sampled.
	Exhausted *int `json:"exhausted"`
	// Different is how many schedules there are that differ in more than the order of
	// steps that do not meet, if each of them passes; or 0. Drawn: the test draws random
	// numbers, and Different and Exhausted are of one draw.
	Different int  `json:"different,omitempty"`
	Drawn     bool `json:"drawn,omitempty"`
	// Only: there is nothing to choose, so all schedules are the one that ran.
	Only     bool   `json:"only,omitempty"`
	Schedule string `json:"schedule"` // replays the finding, with the test's name and an @ before it or not; empty without one
	Summary  string `json:"summary"`  // what went wrong, in a sentence or two; or the reason of a doubt
	// Story says what a user of the code sees go wrong, where Summary does not: the
	// wrong result that a race leads to. Empty if there is none.
	Story string `json:"story,omitempty"`
	// FailedAt is where the test has failed: its assertion, or its t.Error. Null if
	// no failure of the test is part of the finding.
	FailedAt *Place `json:"failed_at,omitempty"`
	// Table is what the test shows below its message, line by line: of a contract,
	// the calls and what each returned. Empty if it shows nothing.
	Table string `json:"table,omitempty"`
	// Detail is the evidence as it was printed: a test's whole message, a panic's
	// stack, a race report.
	Detail string `json:"detail,omitempty"`
	// Left is what another schedule leaves behind, beside the finding. Null if none does.
	Left  *Left  `json:"left,omitempty"`
	Trace []Step `json:"trace"`
	// Omitted is how many steps JSON leaves out: of more than 2,000, it has the first 500 and
	// the last 1,500.
	Omitted int       `json:"trace_omitted,omitempty"`
	Waiting []Waiting `json:"waiting,omitempty"` // of a deadlock or leak: which goroutine waits for what
	Races   []Access  `json:"races,omitempty"`   // of a race: the two accesses
	Loops   []Loop    `json:"loops,omitempty"`   // of one that does not end: the goroutines that loop
	// GivenUp is what a test had taken when it was given up, such as "20000 steps", if
	// it might have ended later.
	GivenUp string `json:"-"`
	// Exceeded is the limit for which the process was ended: memory, threads, disk or files.
	// Empty if it was not.
	Exceeded string `json:"-"`
	// Varies: a replay did not run the same steps, so something in the test is
	// not under control (a map with pointers as keys, hash/maphash, the real clock, the network).
	Varies bool `json:"varies,omitempty"`
	// Of a replay: how often it ran, and how often it ran the same steps to the
	// same end.
	Replays int     `json:"replays,omitempty"`
	Same    int     `json:"same,omitempty"`
	Doubts  int     `json:"doubts,omitempty"` // failures set aside because they hang on a clock that no machine has
	Cut     bool    `json:"-"`                // time was over before all schedules had run
	Seconds float64 `json:"seconds"`
	Least   int     `json:"-"` // steps of the schedule with the fewest
	Draws   bool    `json:"-"` // it draws random numbers, also if it is not a pass
	Beyond  string  `json:"-"` // the import path of the dependency because of which it cannot be explored
}

// Left is a leak that was found beside something else.
type Left struct {
	Summary  string `json:"summary"`
	Schedule string `json:"schedule"` // replays it
}

// Place is a line of source.
type Place struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Source string `json:"source,omitempty"`
}

// Step is one step of a schedule: a goroutine continues from a point.
type Step struct {
	Goroutine int    `json:"goroutine"`        // 0 runs the test; -1: time passes
	Operation string `json:"operation"`        // as package sched names it: lock, send, receive …
	Object    string `json:"object,omitempty"` // the source text of what it is on, or a name such as "object 3"
	File      string `json:"file,omitempty"`   // relative to the working directory where it can be
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"-"`                // of the first byte, from 1 on; 0 if it is not known
	Source    string `json:"source,omitempty"` // the source line, without its indentation
	Waited    bool   `json:"waited,omitempty"` // it had to wait before this step
	// WaitedFor says what for, in words that go after "waits for": "mu, held by
	// g1". If it is empty or only the object, the rest is taken from the trace.
	WaitedFor string `json:"waited_for,omitempty"`
	Slip      string `json:"slip,omitempty"`   // by how much time passed, as time.Duration writes it
	Busy      bool   `json:"busy,omitempty"`   // time passed since goroutines spun, or had very much to do
	Over      []int  `json:"over,omitempty"`   // else the goroutines that could have gone on meanwhile
	Switch    bool   `json:"switch,omitempty"` // another goroutine ran before, which could have gone on
	Wakes     []int  `json:"wakes,omitempty"`  // the goroutines whose wait it ends
	Starts    int    `json:"starts,omitempty"` // the goroutine that it starts
	// Value is what the object holds after the step: a number, true, "text", nil; or of
	// what is larger, "not nil" or "len 3". Empty if it is not known.
	Value    string `json:"value,omitempty"`
	Returned string `json:"returned,omitempty"` // by the call that the step is: "Load() → 3"; or the case that a select took: "→ default"
	Sent     string `json:"sent,omitempty"`     // the value that it sends, as Value has it
	Received string `json:"received,omitempty"` // of a select: the value that it has received, or closed
	Chosen   string `json:"chosen,omitempty"`   // of a select: the channel of the case that it took
	// Buffers are the channels of which the buffer is known to hold more or less after the
	// step than before, or was not known before.
	Buffers []Buffer `json:"buffers,omitempty"`
	// Plain is an access to memory on the way from one step to the next: no
	// schedule can switch there.
	Plain bool `json:"plain,omitempty"`
}

// Buffer is how much of a channel's buffer is used.
type Buffer struct {
	Object   string `json:"object"`
	Length   int    `json:"length"`
	Capacity int    `json:"capacity"`
}

// Operations that block forever, whatever other goroutines do.
const (
	NilReceive  = "receive from nil"
	NilSend     = "send on nil"
	EmptySelect = "empty select"
)

// Late is the operation of a goroutine that is left, not because it can never continue, but
// because it did not end in time.
const Late = "late"

// Waiting is a goroutine that can never continue.
type Waiting struct {
	Goroutine int    `json:"goroutine"`
	Operation string `json:"operation"`
	Object    string `json:"object,omitempty"` // of a select: its channels, as in "jobs or ctx.Done()"
	File      string `json:"file,omitempty"`
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"-"` // as of a step
	Source    string `json:"source,omitempty"`
	HeldBy    int    `json:"held_by"` // the goroutine that holds the object, or -1
}

// Loop is a goroutine in an endless loop, and where the loop begins.
type Loop struct {
	Goroutine int    `json:"goroutine"` // -1: unknown
	File      string `json:"file"`
	Line      int    `json:"line"`
	Source    string `json:"source,omitempty"`
}

// The operations of accesses by which the race detector finds that nothing makes
// an Add happen before Wait.
const (
	WaitGroupAdd  = "WaitGroup.Add"
	WaitGroupWait = "WaitGroup.Wait"
)

// The operations of accesses to a channel: the race detector reports a send that nothing orders
// before the channel is closed.
const (
	ChannelClose = "close"
	ChannelSend  = "send"
)

// Access is one side of a race.
type Access struct {
	Operation string `json:"operation"`           // read, write, atomic …
	Goroutine string `json:"goroutine,omitempty"` // as Name writes it, or as the race detector does
	Object    string `json:"object,omitempty"`    // the source text of what is touched, if it is known
	File      string `json:"file"`
	Line      int    `json:"line"`
	Source    string `json:"source,omitempty"`
	Function  string `json:"function,omitempty"`
	Step      int    `json:"step,omitempty"` // which step of the trace it is, from 1 on; 0: unknown
}
