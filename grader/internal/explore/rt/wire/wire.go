// Package wire is what the grader and the processes that explore tell each
// other: jobs one way, outcomes the other, as JSON.
package wire

import (
	"fmt"
	"hash/fnv"
)

// JobVariable is the environment variable that names the file with the job.
const JobVariable = "HEISENKATA_EXPLORE_JOB"

// Driver is the test that a process which explores runs.
const Driver = "TestHeisenkataExplore"

// Module is the path of the module that these packages are built as.
const Module = "heisenkata.explore"

// MaxStack is how large a goroutine's stack may get, in bytes, in a test of an exercise. With Go's
// own limit of a gigabyte, endless recursion would use up the memory first.
const MaxStack = 64 << 20

// Mode is what a job asks for.
type Mode string

// The modes: sampled schedules, all schedules with few delays, one schedule.
const (
	Sample  Mode = "sample"
	Exhaust Mode = "exhaust"
	Replay  Mode = "replay"
	First   Mode = "first" // sampled until the first finding, which is only counted
	Play    Mode = "play"  // one schedule, as far as it is chosen
	Seek    Mode = "seek"  // all schedules that begin as chosen, with few delays after that
	Chart   Mode = "chart" // every choice, as a tree
	Every   Mode = "every" // sampled as long as each schedule fails
)

// Leaks says what becomes of a test that leaves goroutines behind.
type Leaks string

// The ways: the first leak settles the test; it counts if nothing else is found in
// the schedules after it; likewise, and goroutines that the test's author has told
// goleak to ignore count as well, as do those of a package's initialisation; it is
// no finding.
const (
	LeaksFirst Leaks = ""
	LeaksLast  Leaks = "test"
	LeaksAll   Leaks = "all"
	LeaksOff   Leaks = "off"
)

// Job is what one process is to do.
type Job struct {
	Mode  Mode     `json:"mode"`
	Tests []string `json:"tests"` // explored one after the other
	Subs  []string `json:"subs"`  // patterns of the names of subtests, one for each level; where they end all run

	Seed          uint64 `json:"seed"`
	Strategy      string `json:"strategy"`       // one alone, for comparison; "" for the rotation
	First         int    `json:"first"`          // number of the first schedule
	Stride        int    `json:"stride"`         // to the next; 1 if one process does all
	Schedules     int    `json:"schedules"`      // at most so many for a test, of all processes together; Chart: nodes
	Millis        int    `json:"millis"`         // at most so long for a test
	Strict        bool   `json:"strict"`         // Millis are processor time, no schedule may be given up as too long, and a stack is at most MaxStack
	Programs      uint64 `json:"programs"`       // random numbers of the first schedule; one more for each after it
	Steps         int    `json:"steps"`          // at most so many in a schedule
	StepMillis    int    `json:"step_millis"`    // processor time that one step may take
	EarlyTimeouts bool   `json:"early_timeouts"` // a test's failure counts after them too
	Bound         int    `json:"bound"`          // Exhaust: most delays
	Leaks         Leaks  `json:"leaks"`
	Reduce        int    `json:"reduce"` // Exhaust: first try all schedules that differ, unless it takes more than so many

	Schedule string `json:"schedule"` // Replay, Play, Seek
	Turn     int    `json:"turn"`     // Play, Seek: the number of the choice, from 1 on, before which the chosen part ends; 0: it ends with the schedule
	Times    int    `json:"times"`    // Replay: how often

	Secret  string `json:"secret"`   // begins each line of an outcome, so that no other code can write one
	Out     string `json:"out"`      // file that outcomes are added to, a line each
	Now     string `json:"now"`      // file that says which schedule runs
	RaceLog string `json:"race_log"` // GORACE's log_path
	Temp    string `json:"temp"`     // TMPDIR, if it is for this process alone
}

// Kind is what a schedule or a test came to.
type Kind string

// The kinds.
const (
	Pass         Kind = "pass"
	Race         Kind = "race"
	Wrong        Kind = "wrong"
	Panic        Kind = "panic"
	Deadlock     Kind = "deadlock"
	Leak         Kind = "leak"
	Running      Kind = "running"
	Timing       Kind = "timing" // each failure was set aside, and nothing else came of any schedule
	Unexplorable Kind = "unexplorable"
	Paused       Kind = "paused" // the schedule has stopped before a choice
)

// Outcome is a line about a test: that it begins, or what it came to.
type Outcome struct {
	Test      string   `json:"test"`
	Begins    bool     `json:"begins,omitempty"`
	Kind      Kind     `json:"kind,omitempty"`
	Schedules int      `json:"schedules"`          // run by this process
	Number    int      `json:"number"`             // of the schedule with the finding
	Exhausted int      `json:"exhausted"`          // delays, or -1
	Different int      `json:"different"`          // all schedules that differ from each other, if they were run; or 0
	Drawn     bool     `json:"drawn,omitempty"`    // the test draws random numbers: it was run with one draw
	Schedule  string   `json:"schedule,omitempty"` // replays the finding
	Finding   *Finding `json:"finding,omitempty"`
	Trace     []Step   `json:"trace,omitempty"`
	Varies    bool     `json:"varies,omitempty"`   // a replay ran other steps
	Outlives  bool     `json:"outlives,omitempty"` // the first run of a schedule in this process shows nothing, the second one does
	Same      int      `json:"same,omitempty"`     // replays with the same steps and the same finding
	Times     int      `json:"times,omitempty"`    // replays
	Doubts    int      `json:"doubts,omitempty"`   // findings set aside
	Unended   int      `json:"unended,omitempty"`  // schedules given up as too long
	Only      bool     `json:"only,omitempty"`     // there was nothing to choose: all schedules are this one
	Left      *Outcome `json:"left,omitempty"`     // beside another finding: the first schedule that left goroutines behind
	Cut       bool     `json:"cut,omitempty"`      // time was over before all schedules had run
	Skipped   string   `json:"skipped,omitempty"`  // why the test skips itself
	Steps     int      `json:"steps"`              // of all schedules
	Least     int      `json:"least"`              // steps of the schedule with the fewest
	Limit     int      `json:"limit,omitempty"`    // steps that a schedule may take, as the first one has shown
	Tree      *Tree    `json:"tree,omitempty"`     // of Chart
	Sum       uint64   `json:"sum"`                // of the schedules that were run, as Add makes it
	Nanos     int64    `json:"nanos"`
	CPU       int64    `json:"cpu"` // nanoseconds of processor time
}

// Add adds a schedule, by its number, to the sum of those that were run. An outcome
// without them has another sum.
func Add(sum uint64, secret string, number int) uint64 {
	hash := fnv.New64a()
	_, _ = fmt.Fprintf(hash, "%d %s %d", sum, secret, number)
	return hash.Sum64()
}

// Proof is the sum of an outcome that all schedules which differ were run. One that only
// claims so has another.
func Proof(sum uint64, secret string, different int) uint64 {
	return Add(sum, secret+" different", different)
}

// Vouches reports whether an outcome's sum matches the schedules it claims to have run.
func (j Job) Vouches(o *Outcome) bool {
	sum := j.Sum(o.Schedules)
	if o.Different == 0 {
		return o.Sum == sum
	}
	return o.Sum == Proof(sum, j.Secret, o.Different) && o.Different > 0 && o.Different <= o.Schedules && o.Schedules <= j.Reduce
}

// Sum returns the sum of the first schedules of a job, in order.
func (j Job) Sum(schedules int) (sum uint64) {
	for i := range schedules {
		sum = Add(sum, j.Secret, j.First+i*max(1, j.Stride))
	}
	return sum
}

// Signals is why a test that waits for a signal cannot be explored.
const Signals = "it waits for what may be a signal (os/signal): it, or a package that it uses, asks for signals, which no schedule decides; let the test pass in a channel of its own instead"

// Finding is what one schedule showed.
type Finding struct {
	Kind    Kind      `json:"kind"`
	Text    string    `json:"text"`               // the test's message, the panic's value, or why
	Stack   string    `json:"stack,omitempty"`    // of a panic; of all goroutines if nothing moves
	Waiting []Waiting `json:"waiting,omitempty"`  // which goroutine waited for what, at the end
	Loops   []Loop    `json:"loops,omitempty"`    // the goroutines that looped
	GivenUp string    `json:"given_up,omitempty"` // of a schedule that might have ended later: what it had taken
	Other   *Finding  `json:"other,omitempty"`    // of a race: what the same schedule led to
	Doubt   bool      `json:"doubt,omitempty"`    // it came after a timeout that fired although goroutines could run
	At      []Frame   `json:"at,omitempty"`       // of a test's failure, or of a wait that is not under control: the calls that led to it
	Offset  int64     `json:"offset,omitempty"`   // of a race's report in the log
	Raced   int       `json:"raced,omitempty"`    // entries of the trace before the race was reported; 0: unknown
	Failed  int       `json:"failed,omitempty"`   // entries of the trace before the test failed; 0: unknown
	Turn    *Turn     `json:"turn,omitempty"`     // of Paused
	// Exceeded is the limit for which the process was ended: memory, threads, disk or files.
	Exceeded string `json:"exceeded,omitempty"`
	// Unsound: why a failure may come from the explorer, if the code under test does what
	// it cannot make look as usual.
	Unsound string `json:"unsound,omitempty"`
}

// Turn is what there is to choose where a schedule has stopped: which goroutine goes on,
// or which value an operation of a goroutine takes.
type Turn struct {
	Can    []int32 `json:"can,omitempty"`    // the goroutines that can go on, in the order of their options
	Slip   int64   `json:"slip,omitempty"`   // as a last option: let so many nanoseconds pass
	G      int32   `json:"g,omitempty"`      // whose operation takes one of Values values
	Values int     `json:"values,omitempty"` // 0: which goroutine goes on is to choose
}

// Waiting is a goroutine that could not go on.
type Waiting struct {
	G      int32   `json:"g"`
	Op     string  `json:"op"`
	Site   uint32  `json:"site,omitempty"`
	Obj    int     `json:"obj,omitempty"`
	Frames []Frame `json:"frames,omitempty"`
	In     string  `json:"in,omitempty"` // the library's function, if it is in one that is not instrumented
	Holder int32   `json:"holder"`       // the goroutine that holds what it waits for, or -1
}

// Loop is a goroutine that went round and round, and where it was meanwhile.
type Loop struct {
	G      int32     `json:"g"` // -1: unknown
	Stacks [][]Frame `json:"stacks"`
}

// Mark is the operation of an entry of a trace that is no step, but an access
// to memory that the goroutine made on its way to its next step.
const Mark = "mark"

// Step is one step of a schedule.
type Step struct {
	G      int32   `json:"g"` // -1: time passes
	Op     string  `json:"op"`
	Site   uint32  `json:"site,omitempty"`   // the instrumenter's number of the position
	Obj    int     `json:"obj,omitempty"`    // the same number for the same object, by first appearance
	Waited bool    `json:"waited,omitempty"` // it could not go on at once when it came here
	Switch bool    `json:"switch,omitempty"` // the goroutine that ran before could have gone on
	Slip   int64   `json:"slip,omitempty"`   // nanoseconds by which time was let pass
	Busy   bool    `json:"busy,omitempty"`   // it passed since goroutines spun, or had very much to do
	Over   []int32 `json:"over,omitempty"`   // else the goroutines that could have gone on, and were kept from it
	Wakes  []int32 `json:"wakes,omitempty"`  // whose wait it ended
	Starts int32   `json:"starts,omitempty"` // the goroutine that is started here, on the way to the next step
	Frames []Frame `json:"frames,omitempty"`

	Value    string            `json:"value,omitempty"`    // what its object holds after it, as far as that is simple
	Values   map[string]string `json:"values,omitempty"`   // the same, by what the code calls its objects
	Returned string            `json:"returned,omitempty"` // by the call that the step is: "Load() → 3"
	Sent     string            `json:"sent,omitempty"`     // the value that it sends
	Received string            `json:"received,omitempty"` // of a select: the value that it has received
	Chosen   int               `json:"chosen,omitempty"`   // of a select: the channel of the case that it took, by number
	Buffers  []Buffer          `json:"buffers,omitempty"`  // the channels that hold more or less after it than before
}

// Buffer is how much of a channel's buffer is used.
type Buffer struct {
	Obj int `json:"obj"` // the number of the channel
	Len int `json:"len"`
	Cap int `json:"cap"`
}

// Frame is a position in a call stack.
type Frame struct {
	Func string `json:"func"`
	File string `json:"file"`
	Line int    `json:"line"`
}
