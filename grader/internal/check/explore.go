package check

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/diagnose"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/explore"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/run"
)

// lazySession is created when a scenario is first explored, or ahead of that.
type lazySession struct {
	once sync.Once
	*explore.Session
	found   *evidence.Finding
	err     error
	staging *build.Staging
	making  background
}

// ahead creates the session in the background. Stop it if there will be
// nothing to explore.
func (s *lazySession) ahead(ctx context.Context, b *Bench) *background {
	ctx, s.making.cancel = context.WithCancel(ctx)
	scenario := func(t kata.Test) bool { return explored.IsScenario(t.Name) && asked(t, b.only) }
	if slices.ContainsFunc(b.exercise.Tests, scenario) {
		s.making.group.Go(func() { _, _, _ = b.session(ctx) }) // an error is returned again when a scenario is explored
	}
	return &s.making
}

// close removes what the session created. Its staging may be the bench's own.
func (s *lazySession) close(own *build.Staging) error {
	s.making.stop()
	if s.Session != nil {
		s.Session.Close()
	}
	if s.staging == nil || s.staging == own {
		return nil
	}
	return s.staging.Close()
}

// schedules returns how many schedules of each scenario are explored. Each bug in
// explore/testdata/bugs is found within 200.
func (e Effort) schedules() int { return e.times(200, 1000, 20_000) }

// exhaustDelays is the number of delays up to which every schedule of a scenario
// is tried after the sampled ones. For scenarios with a few dozen steps these are
// some hundred.
const exhaustDelays = 2

// scheduleTime is how much processor time a schedule of a scenario may use on average.
// For right fixes it is two or three milliseconds. What other programs on the machine
// use does not count.
const scheduleTime = 50 * time.Millisecond

// suiteShare is how many times as much a fix that is a suite of tests may use: what it
// costs is how much it tries.
const suiteShare = 3

// suiteTime is how much a schedule of a suite may take at least, whatever the effort.
const suiteTime = 1500 * time.Millisecond

// exploreTime is the limit for all schedules of one scenario.
func (b *Bench) exploreTime() time.Duration {
	limit := time.Duration(b.lab.Effort.schedules()) * scheduleTime
	if b.exercise.Suite {
		limit = max(limit*suiteShare, minSuite*suiteTime)
	}
	return limit
}

// A scenario that has not ended after this many steps never will: right fixes take
// some hundred, or some ten thousand if the scenario has many items and the fix takes
// one after the other. A step takes microseconds.
const (
	scenarioSteps = 300_000
	scenarioStep  = 2 * time.Second // of processor time
)

// session builds the explored binary on first use. If that fails because of the fix,
// found says why.
func (b *Bench) session(ctx context.Context) (s *explore.Session, found *evidence.Finding, err error) {
	e := &b.explored
	e.once.Do(func() { e.err = hold(ctx, b.lab.builds, func() error { return b.prepareToExplore(ctx) }) })
	return e.Session, e.found, e.err
}

// stagingToExplore returns where the fix is instrumented: where it is built, unless
// the vendor folder there will be changed.
func (b *Bench) stagingToExplore() (*build.Staging, error) {
	if !b.lab.Toolchain.Vendored() {
		return b.staging, nil
	}
	return build.Stage(b.lab.Toolchain, b.lab.Kata, b.exercise, b.submission)
}

// confine puts a process that explores into the sandbox for test processes.
func (b *Bench) confine(c *run.Command, dir string) {
	c.Sandbox = b.lab.rules(c.Path, dir)
	if c.Sandbox != nil {
		c.Sandbox.Read = []string{c.Dir}
	}
	c.Limits = testLimits
	c.Env = append(c.Env, "TMPDIR="+dir, "TMP="+dir, "TEMP="+dir, "GOTMPDIR="+dir, "HOME="+dir)
}

// explore runs a scenario under many schedules, once it is certain that the race
// detector works in a process with this fix.
func (t *trial) explore(ctx context.Context) (evidence.Check, error) {
	c := evidence.Check{Detector: kata.ExploreDetector, Verdict: evidence.Pass}
	s, found, err := t.bench.session(ctx)
	if err == nil && found == nil {
		_, found, err = t.bench.binary(ctx, build.Race)
	}
	if err == nil && found == nil {
		found = t.bench.outOfBudget(t.test)
	}
	if err != nil || found != nil {
		return found.Against(c), err
	}
	test, err := t.explored(ctx, s)
	if err == nil && test.Verdict == explored.Unexplorable {
		err = t.starterExplored(ctx)
	}
	if err != nil {
		return c, err
	}
	t.bench.loops.add(loopsOf(test)...)
	return t.judge(c, test), nil
}

// exploredVerdicts translates verdicts of explorations into those of grades. A
// scenario that does not end under some schedule counts as hung. One that cannot be
// explored, although that of the starter can, has escaped the explorer's control.
var exploredVerdicts = map[explored.Verdict]evidence.Verdict{
	explored.Pass: evidence.Pass, explored.Race: evidence.Race, explored.Wrong: evidence.Fail, explored.Panic: evidence.Panic,
	explored.Deadlock: evidence.Deadlock, explored.Leak: evidence.Leak, explored.Running: evidence.Timeout,
	explored.Unexplorable: evidence.Integrity,
}

// minSteps is fewer than any scenario takes: each begins, and then takes a step of its own.
// A fix may be right that takes none, and starts no goroutine.
const minSteps = 2

// idled reports whether a scenario passed without having run.
func idled(test explored.Test) bool {
	return test.Verdict == explored.Pass && (test.Schedules == 0 || test.Least < minSteps)
}

// outgrew reports whether a process was ended since the fix took too much memory, or too many
// threads. It is no panic, and is called what it is in ordinary runs.
func outgrew(test explored.Test) bool {
	return test.Verdict == explored.Panic && (test.Exceeded == "memory" || test.Exceeded == "threads")
}

// minSuite is how many schedules of a suite of tests are enough if there is no time for all.
// How long one takes is for its author to decide, and a suite may try much in each.
const minSuite = 40

// tooFew reports whether there was no time for the schedules that a scenario has to pass.
func (t *trial) tooFew(test explored.Test) bool {
	return test.Cut && !(t.bench.exercise.Suite && test.Schedules >= minSuite)
}

func (t *trial) judge(c evidence.Check, test explored.Test) evidence.Check {
	if !idled(test) && test.Verdict == explored.Pass {
		switch {
		case t.tooFew(test):
			test.Verdict, test.Summary = explored.Running, tooSlow(test)
		case test.Doubts > 0:
			test.Verdict, test.Summary = explored.Running, doubtful(test)
		}
	}
	c.Verdict, c.Runs = cmp.Or(exploredVerdicts[test.Verdict], evidence.Integrity), test.Schedules
	switch {
	case idled(test):
		c.Verdict = evidence.Integrity
	case outgrew(test):
		c.Verdict = evidence.Memory
	}
	c.Note = fmt.Sprintf("%d schedules, the same ones for the same fix%s", test.Schedules, complete(test))
	c.Proven = c.Verdict == evidence.Pass && test.Different > 0 && !test.Drawn
	if c.Verdict != evidence.Pass {
		c.Failures = 1
		c.Finding = t.exploredFinding(test, c.Verdict)
		c.Finding.Places = slices.DeleteFunc(c.Finding.Places, func(p evidence.Place) bool { return p.File == "" || p.Line == 0 })
	}
	return c
}

// complete says which schedules were all tried, if that is known.
func complete(test explored.Test) string {
	switch {
	case test.Different > 0 && test.Drawn:
		return fmt.Sprintf("; proven for one draw of its program: %s", interleavings(test.Different))
	case test.Different > 0:
		return "; proven: " + interleavings(test.Different)
	case test.Exhausted != nil:
		return fmt.Sprintf(", among them all with at most %d delays", *test.Exhausted)
	}
	return ""
}

func interleavings(n int) string {
	if n == 1 {
		return "its only interleaving passes"
	}
	return fmt.Sprintf("all %d different interleavings pass", n)
}

// tooSlow describes how far a scenario that was only partly
// explored has passed.
func tooSlow(test explored.Test) string {
	return fmt.Sprintf("the schedules of this test take too long: there was time for %d of them", test.Schedules)
}

// doubtful says why a scenario has not passed although nothing counts against it.
func doubtful(test explored.Test) string {
	return fmt.Sprintf("what goes wrong in %d of %d schedules does so only where time passes while goroutines can run", test.Doubts, test.Schedules)
}

// pictureWidth is the width of pictures as text, for places that do not draw them,
// such as web pages and build logs.
const pictureWidth = 100

// maxTrace is how many steps a report keeps. Scenarios have a few dozen; one with
// thousands is looping, and there is nothing to draw.
const maxTrace = 2000

// exploredMeanings explain the verdicts of explorations in a sentence.
var exploredMeanings = map[explored.Verdict]string{
	explored.Wrong:    "Your code allows an interleaving that breaks the contract.",
	explored.Race:     "Nothing orders these two accesses: no lock, no channel, no atomic.",
	explored.Deadlock: "Your code allows an interleaving after which these goroutines wait forever.",
	explored.Leak:     "Your code allows an interleaving that leaves this goroutine behind forever.",
	explored.Panic:    "Your code allows an interleaving that panics, which ends the whole process.",
	explored.Running:  "Your code allows an interleaving under which the test does not end.",
}

// plainMeanings explain verdicts of schedules in which no goroutine is interrupted.
var plainMeanings = map[explored.Verdict]string{
	explored.Wrong:    "Your code breaks the contract even if no goroutine is preempted.",
	explored.Deadlock: "This deadlock happens even if no goroutine is preempted.",
	explored.Leak:     "This goroutine is left behind forever even if no goroutine is preempted.",
	explored.Panic:    "Your code panics even if no goroutine is preempted. A panic ends the whole process.",
}

// meaning explains a finding. Whatever order is at fault, a single goroutine has only one, and
// goroutines that are not interrupted have few.
func meaning(test explored.Test) string {
	others := func(s explored.Step) bool { return s.Goroutine != 0 || s.Starts > 0 }
	switch plain := plainMeanings[test.Verdict]; {
	case outgrew(test):
		return diagnose.Unbounded
	case len(test.Trace) == 0 && test.Verdict == explored.Panic: // of a process that has ended, no switches are known
		return "A panic ends the whole process, including all other goroutines."
	case len(test.Trace) == 0:
		return exploredMeanings[test.Verdict]
	case test.Verdict == explored.Wrong && !slices.ContainsFunc(test.Trace, others):
		return "Your code breaks the contract with only one goroutine, so with every interleaving."
	case plain != "" && test.Switches() == 0:
		return ofMany(test, plain)
	}
	return ofMany(test, exploredMeanings[test.Verdict])
}

// ofMany says of several goroutines what a sentence says of one that is left.
func ofMany(test explored.Test, text string) string {
	if test.Verdict != explored.Leak || len(test.Waiting) < 2 {
		return text
	}
	return strings.NewReplacer("This goroutine is", "These goroutines are", "this goroutine", "these goroutines").Replace(text)
}

// drawn reports whether a picture helps. If the fix is a suite, most of what runs is the code that it
// is tried on, and the test's message says all. A race has two lines to show.
func drawn(e kata.Exercise, test explored.Test) bool {
	return !e.Suite || test.Verdict == explored.Race
}

// suiteFinding says what is wrong with a fix that is a suite of tests.
func suiteFinding(f *evidence.Finding, test explored.Test) {
	if test.Verdict == explored.Wrong {
		f.Meaning = diagnose.SuiteMeaning
	}
	if test.Verdict != explored.Race {
		f.Picture = ""
		f.Summary = strings.TrimPrefix(cmp.Or(test.Story, test.Summary), "the test fails: ")
	}
}

// exploredFinding describes a schedule that breaks a scenario, and how to replay it.
func (t *trial) exploredFinding(test explored.Test, v evidence.Verdict) *evidence.Finding {
	f := &evidence.Finding{
		Verdict: v, Summary: test.Summary,
		Meaning: meaning(test),
		Picture: explored.Picture(test, pictureWidth),
		Output:  test.Detail,
	}
	if t.bench.exercise.Suite {
		suiteFinding(f, test)
	}
	if test.Doubts > 0 && test.Verdict == explored.Running {
		f.Meaning = "Your code works only as long as no goroutine takes long. Let it wait for what has to happen first, not for a time."
	}
	if test.Cut {
		f.Meaning = "Nothing went wrong in those, but too few could be tried. Make the code do less, or take fewer steps."
	}
	t.endless(f, test)
	test.Detail = "" // it is the output
	if len(test.Trace) <= maxTrace && drawn(t.bench.exercise, test) {
		f.Explored = &test
	}
	if v == evidence.Integrity {
		t.outOfControl(f, test)
	}
	if test.Schedule != "" {
		f.Replay = fmt.Sprintf("go run ./grader replay %s '%s'", t.bench.exercise.ID, test.Schedule)
	}
	for _, w := range test.Waiting {
		if w.File == "" {
			continue
		}
		f.Places = append(f.Places, evidence.Place{File: w.File, Line: w.Line, Role: explored.Who(w.Goroutine) + " waits here"})
	}
	for _, r := range test.Races {
		f.Places = append(f.Places, evidence.Place{File: r.File, Line: r.Line, Role: r.Operation + " in " + strings.Replace(r.Goroutine, explored.Name(0), explored.Who(0), 1)})
	}
	if at := test.FailedAt; test.Verdict == explored.Panic && len(test.Trace) == 0 && at != nil {
		f.Places = append(f.Places, evidence.Place{File: at.File, Line: at.Line, Role: "it panics here"})
	}
	if f.Places == nil {
		f.Places = t.lastLines(test)
	}
	t.bench.source.Quote(f.Places)
	return f
}

// lastLines returns the learner's lines at the switch that the picture marks: where a goroutine
// was preempted, and where it went on later. If it did not, or on the same line, the second is
// where the other one went on. Without such a switch they are the lines that ran last.
func (t *trial) lastLines(test explored.Test) (places []evidence.Place) {
	learners := func(s explored.Step) bool { return s.Line > 0 && t.bench.source.Learners(s.File) }
	own := func(s explored.Step) bool { return learners(s) && s.Source != "}" }
	if at := explored.Decisive(test.Trace); at > 0 && test.Trace[at].Switch {
		left := test.Trace[at-1]
		if s, ok := wentOn(test.Trace, at, own); ok && learners(left) && left.Goroutine >= 0 {
			return append(places, place(left, explored.Who(left.Goroutine)+" was preempted here"), place(s, explored.Who(s.Goroutine)+" went on here"))
		}
	}
	for _, s := range lastSteps(test.Trace, own) {
		places = append(places, place(s, "last step of "+explored.Who(s.Goroutine)))
	}
	return places
}

// wentOn returns the step with which a preempted goroutine went on, or else the one with which
// the other continued at the switch.
func wentOn(trace []explored.Step, at int, own func(explored.Step) bool) (s explored.Step, ok bool) {
	left := trace[at-1]
	of := func(wanted bool) func(explored.Step) bool {
		return func(s explored.Step) bool { return own(s) && (s.Goroutine == left.Goroutine) == wanted }
	}
	if s, ok = firstOf(trace, at, of(true)); ok && (s.Line != left.Line || s.File != left.File) {
		return s, true
	}
	end := at
	for end < len(trace) && trace[end].Goroutine != left.Goroutine {
		end++
	}
	return firstOf(trace[:end], at, of(false))
}

// firstOf returns the first step from one on that is wanted and has a row in a picture, or else
// the first that is wanted.
func firstOf(trace []explored.Step, from int, wanted func(explored.Step) bool) (first explored.Step, ok bool) {
	drawn := explored.Drawn(trace)
	for i := from; i < len(trace); i++ {
		switch s := trace[i]; {
		case wanted(s) && drawn[i]:
			return s, true
		case wanted(s) && !ok:
			first, ok = s, true
		}
	}
	return first, ok
}

// lastSteps returns the last steps of up to three goroutines, among those that are wanted:
// those that a picture shows, or else others. Accesses on the way count only where there is
// nothing else: they may belong to what a test does after it has failed.
func lastSteps(trace []explored.Step, wanted func(explored.Step) bool) (last []explored.Step) {
	seen, drawn := map[int]bool{}, explored.Drawn(trace)
	for _, fits := range []func(i int) bool{
		func(i int) bool { return drawn[i] },
		func(i int) bool { return !trace[i].Plain },
		func(int) bool { return true },
	} {
		for i, s := range slices.Backward(trace) {
			if wanted(s) && fits(i) && !seen[s.Goroutine] && len(last) < 3 {
				seen[s.Goroutine] = true
				last = append(last, s)
			}
		}
	}
	return last
}

func place(s explored.Step, role string) evidence.Place {
	return evidence.Place{File: s.File, Line: s.Line, Role: role}
}
