// Package diagnose turns what a test process left behind (exit code, output,
// race log) into a verdict and a finding. It runs nothing.
package diagnose

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/harmless"
	"heisenkata/grader/internal/kata"
)

// Source is what a finding can quote: the exercise, and its files as they were
// compiled, by base name.
type Source struct {
	Exercise kata.Exercise
	Files    map[string][]byte
}

// Ending is how one process with one test in it ended.
type Ending struct {
	Test       string
	GOMAXPROCS []int // of each run, one after the other; 0: the machine's own; nil: one run on that
	Race       bool  // a race build
	ExitCode   int
	Signal     string
	TimedOut   bool
	CPU        time.Duration // processor time that it took
	Exceeded   string        // the limit for which the process was ended: memory, threads, disk or files
	Output     string        // stdout and stderr: for people only: any code may have printed it
	RaceLog    string        // what the race detector wrote
	Report     string        // what the official part of the process reported, and
	Secret     string        // the secret that only that part knew
	Steps      []uint64      // numbers that the test adds up, step by step

	run int // the one that it ended in: the first is 0
}

// procs is GOMAXPROCS of the run that it ended in.
func (e Ending) procs() int {
	if e.run < len(e.GOMAXPROCS) {
		return e.GOMAXPROCS[e.run]
	}
	return 0
}

// Outcome is what one process showed.
type Outcome struct {
	Verdict evidence.Verdict
	Finding *evidence.Finding // nil if it passed
	// TestPassed: the test itself reported success, whatever came after it.
	TestPassed bool
	// Starved: time ran out while goroutines could still run. On a crowded
	// machine that may be no fault of theirs.
	Starved bool
	// Loops are the learner's loops that a goroutine was in when time ran out, the
	// innermost first.
	Loops []evidence.Place
	// Doubtful: nothing says what became of the test. A machine on which
	// processes cannot start or report is as good an explanation as the fix.
	Doubtful bool
	// Run is the run of the test that the process ended in: the first is 0.
	Run int
}

// rule recognises one way in which a process ends.
type rule struct {
	verdict evidence.Verdict
	is      func(Ending, testimony) bool
	explain func(Source, Ending) evidence.Finding
}

// rules are tried in this order: first what ended the process from outside; the
// race log, which code under test has no business with; then fatal ends, which
// leave no word of the test; and the test's own word last. All that goes by the
// output speaks against the fix: printing it is no way to pass.
var rules = []rule{
	{evidence.Memory, func(e Ending, _ testimony) bool { return e.Exceeded == "memory" || e.Exceeded == "threads" }, explainExceeded},
	{evidence.Integrity, func(e Ending, _ testimony) bool { return e.Exceeded != "" }, explainExceeded},
	{evidence.Race, func(e Ending, _ testimony) bool { return strings.Contains(e.RaceLog, "WARNING: DATA RACE") }, explainRace},
	{evidence.Memory, isOutOfMemory, explainMemory},
	{evidence.Deadlock, func(e Ending, _ testimony) bool { return strings.Contains(e.Output, asleep) }, explainDeadlock},
	{evidence.Race, func(e Ending, _ testimony) bool { return fatalMap.MatchString(e.Output) }, explainMapCrash},
	{evidence.Deadlock, func(e Ending, _ testimony) bool { return strings.Contains(e.Output, bubbleBlocked) }, explainDeadlock},
	{evidence.Leak, func(e Ending, _ testimony) bool { return strings.Contains(e.Output, bubbleLeak) }, explainBubbleLeak},
	{evidence.Deadlock, func(e Ending, _ testimony) bool { return e.TimedOut && allBlocked(e.Output) }, explainDeadlock},
	{evidence.Timeout, func(e Ending, _ testimony) bool { return e.TimedOut || e.Signal == "CPU time limit exceeded" }, explainTimeout},
	{evidence.Deadlock, func(e Ending, _ testimony) bool { return e.ExitCode == 2 && stuckMessage.MatchString(e.Output) }, explainStuck},
	{evidence.Panic, isPanic, explainPanic},
	{evidence.Fail, func(e Ending, ev testimony) bool { return ev.failed && e.ExitCode == 1 }, explainFailure},
	{evidence.Leak, func(e Ending, ev testimony) bool {
		return ev.clean() && ev.leaked && e.ExitCode == 1
	}, explainLeak},
	{evidence.Error, func(_ Ending, ev testimony) bool { return ev.unknown }, explainUnknown},
	{evidence.Integrity, func(e Ending, ev testimony) bool { return ev.honest() && logLine.MatchString(e.Output) }, explainUnsaid},
	{evidence.Pass, func(e Ending, ev testimony) bool { return ev.honest() && e.ExitCode == 0 && e.Signal == "" }, nil},
	{evidence.Integrity, func(Ending, testimony) bool { return true }, explainIntegrity},
}

const (
	asleep        = "fatal error: all goroutines are asleep - deadlock!"
	bubbleBlocked = "deadlock: all goroutines in bubble are blocked"
	bubbleLeak    = "deadlock: main bubble goroutine has exited but blocked goroutines remain"
	goleakErrors  = "goleak: Errors on successful test run"
)

var (
	fatalMap     = regexp.MustCompile(`(?m)^fatal error: (concurrent map [a-z ]+)`)
	panicLine    = regexp.MustCompile(`(?m)^(?:panic|fatal error): (.+?)(?: \[recovered.*)?$`)
	noThreads    = regexp.MustCompile(`(?m)^(?:runtime: failed to create new OS thread|runtime/cgo: pthread_create failed|fatal error: newosproc)`)
	stuckMessage = regexp.MustCompile(`(?m)^panic: stuck: (.+?)(?: \[recovered.*)?$`)
)

// Classify tells how a process ended. Whatever it does not recognise is
// Integrity, never Pass.
func Classify(src Source, e Ending) Outcome {
	ev := readReport(e.Test, len(e.GOMAXPROCS), e.Steps, e.Secret, e.Report)
	e.run = min(ev.passed, max(1, len(e.GOMAXPROCS))-1)
	for _, r := range rules {
		if !r.is(e, ev) {
			continue
		}
		o := Outcome{Verdict: r.verdict, TestPassed: ev.clean(), Run: e.run}
		o.Starved = r.verdict == evidence.Timeout
		o.Doubtful = doubtful(e, r.verdict)
		if r.verdict == evidence.Timeout {
			o.Loops = turning(src, e).loops
		}
		if r.explain != nil {
			f := r.explain(src, e)
			f.Summary = shorten(f.Summary)
			f.Verdict, f.GOMAXPROCS = r.verdict, e.procs()
			f.Replay = Replay(src, e, r.verdict)
			src.Quote(f.Places)
			o.Finding = &f
		}
		return o
	}
	panic("diagnose: the last rule holds for everything")
}

// doubtful reports whether a verdict may as well be the machine's doing. What went
// beyond a limit of ours is the fix's.
func doubtful(e Ending, v evidence.Verdict) bool {
	return e.Exceeded == "" && (v == evidence.Integrity || v == evidence.Memory || v == evidence.Panic && NoThreads(e.Output))
}

// NoThreads reports whether a process has died because the system gave it no more
// threads.
func NoThreads(output string) bool { return noThreads.MatchString(output) }

// Replay is the learner's own command for the same test, built the same way. If the test
// does not end, its goroutines are printed soon.
func Replay(src Source, e Ending, v evidence.Verdict) string {
	race, procs := "", ""
	if e.Race {
		race = " -race"
	}
	if v == evidence.Timeout || v == evidence.Deadlock {
		race += " -timeout=20s"
	}
	if n := e.procs(); n > 0 {
		procs = fmt.Sprintf("GOMAXPROCS=%d ", n)
	}
	return fmt.Sprintf("%sgo test%s -count=20 -failfast -run '^%s$' ./%s", procs, race, e.Test, src.Exercise.Dir)
}

// Quote fills in the source line of each place.
func (s Source) Quote(places []evidence.Place) {
	for i, p := range places {
		if path.Dir(p.File) != s.Exercise.Dir {
			continue
		}
		lines := strings.Split(string(s.Files[path.Base(p.File)]), "\n")
		if p.Line >= 1 && p.Line <= len(lines) {
			places[i].Code = strings.TrimSpace(lines[p.Line-1])
		}
	}
}

// Learners reports whether file is one that the learner may change.
func (s Source) Learners(file string) bool {
	return path.Dir(file) == s.Exercise.Dir && slices.Contains(s.Exercise.Files, path.Base(file))
}

// where picks the frame that says most: the learner's own code before the
// tests, those before the library.
func (s Source) where(frames []frame) (frame, bool) {
	for _, want := range []func(frame) bool{
		func(f frame) bool { return s.Learners(f.file) },
		func(f frame) bool { return path.Dir(f.file) == s.Exercise.Dir },
	} {
		if i := slices.IndexFunc(frames, want); i >= 0 {
			return frames[i], true
		}
	}
	return frame{}, false
}

func (f frame) place(role string) evidence.Place {
	return evidence.Place{File: f.file, Line: f.line, Role: role}
}

// excerpt bounds what a finding keeps of an output, in bytes.
const excerpt = 4 << 10

// shorten makes an output fit for a report, which shows what does not print
// escaped. The test runner's own mark does not count.
func shorten(s string) string {
	s = strings.ReplaceAll(harmless.Head(s, excerpt, "\n[…]"), "\x16", "")
	return strings.Trim(harmless.Text(s), "\n")
}
