package sched

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"heisenkata/grader/internal/explore/rt/search"
	"heisenkata/grader/internal/explore/rt/wire"
)

// Test is a test that can be explored.
type Test struct {
	Name string
	Run  func()
	// Skipped is why the last run skipped itself, or "".
	Skipped func() string
}

// Drive does the job that the environment names, with the tests of its binary.
// Without a job it skips.
func Drive(t *testing.T, tests []Test) {
	if !assignment.given {
		t.Skip("this binary was built by `grader explore`, and runs only for it")
	}
	w, err := newWorker(t)
	if err != nil {
		t.Fatal(err)
	}
	noteTestRunner()
	go w.watch()
	sweeps, swept = make(chan struct{}), make(chan struct{})
	go collectForSweeps(sweeps, swept)
	close(driven)
	for _, name := range w.job.Tests {
		for _, test := range tests {
			if test.Name == name {
				w.test(test)
			}
		}
	}
}

// worker does one job.
type worker struct {
	t   *testing.T
	job wire.Job
	out *os.File
	now *os.File

	current string        // the test under way
	began   time.Duration // since the process began
	cpu     time.Duration // of the process then
	begun   int           // schedules of it
	kept    bool          // an outcome of it was reported already; only a better one is needed
	race    *wire.Outcome // of a schedule that has not ended
	steps   int           // that a schedule of it may take
	unended *unended
	leak    *leak          // the first schedule that left goroutines behind
	doubt   *Finding       // set aside, the last one
	passed  *wire.Schedule // the last one that found nothing
	hurried int            // of those with a doubt that were tried again
}

func newWorker(t *testing.T) (*worker, error) {
	if assignment.err != nil {
		return nil, assignment.err
	}
	w := &worker{t: t, job: assignment.job}
	var err error
	if w.out, err = os.OpenFile(w.job.Out, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
		return nil, err
	}
	if w.now, err = os.OpenFile(w.job.Now, os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
		return nil, err
	}
	if w.job.Strict {
		debug.SetMaxStack(wire.MaxStack)
	}
	raceLog.path = w.job.RaceLog
	temporary.dir = w.job.Temp
	return w, nil
}

// tell adds an outcome to the file, whole.
func (w *worker) tell(o wire.Outcome) {
	line, err := json.Marshal(o)
	if err == nil {
		_, err = fmt.Fprintf(w.out, "%s %s\n", w.job.Secret, line)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the outcome cannot be kept:", err)
		os.Exit(2)
	}
}

// test does the job for one test.
func (w *worker) test(test Test) {
	w.tell(wire.Outcome{Test: test.Name, Begins: true})
	w.current, w.began, w.cpu, w.begun, w.steps, w.kept, w.race, w.unended, w.leak, w.doubt, w.passed, w.hurried = test.Name, sinceOrigin(), cpuTime(), 0, w.job.Steps, false, nil, nil, nil, nil, nil, 0
	before := heartbeat
	signalLooks = 0
	var o wire.Outcome
	switch w.job.Mode {
	case wire.Replay:
		o = w.replays(test)
	case wire.Exhaust:
		o = w.exhaust(test)
	case wire.Play:
		o = w.plays(test)
	case wire.Seek:
		o = w.seek(test)
	case wire.Chart:
		o = w.charts(test)
	case wire.Every:
		o = w.every(test)
	default:
		o = w.sample(test)
	}
	o.Test = test.Name
	o.Nanos, o.CPU = int64(sinceOrigin()-w.began), int64(cpuTime()-w.cpu)
	o.Steps = int(heartbeat - before)
	o.Limit = w.steps
	w.current = ""
	w.tell(o)
	runtime.GC()
}

// late reports whether time is over. A strict job counts what its tests have taken,
// not what a busy machine has kept from them.
func (w *worker) late() bool {
	took := sinceOrigin() - w.began
	if w.job.Strict {
		took = cpuTime() - w.cpu
	}
	return took > time.Duration(w.job.Millis)*time.Millisecond
}

func (w *worker) options(number int) Options {
	return Options{Test: w.current, Limits: Limits{Steps: w.steps, Slip: true, EarlyTimeouts: w.job.EarlyTimeouts, AllLeaks: w.job.Leaks == wire.LeaksAll}, Random: w.job.Programs + uint64(number)}
}

// begin notes which schedule runs, for the grader, should this process die.
func (w *worker) begin(number int) {
	w.begun++
	_, _ = w.now.WriteAt(fmt.Appendf(nil, "%020d\n", number), 0) // a schedule without a number is no harm
}

// every runs the schedule without a delay and others, as long as the test fails in each. The
// outcome is the last failure, or a pass; a race is never the explorer's doing, and ends it.
func (w *worker) every(test Test) (o wire.Outcome) {
	o = wire.Outcome{Kind: wire.Pass, Exhausted: -1}
	one, others := search.Strategy(&search.Delays{}), search.Strategy(search.Named(w.job.Seed, w.job.Strategy))
	for i := range w.job.Schedules {
		s := others
		if i == 0 {
			s = one
		}
		s.Begin(i)
		w.begin(i)
		r := Run(w.t, s, w.options(i), test.Run)
		s.End(r.Steps)
		if r.Finding == nil || r.Finding.Kind == Race || w.late() {
			return wire.Outcome{Kind: wire.Pass, Exhausted: -1, Schedules: i + 1}
		}
		o.Kind, o.Finding, o.Schedules = r.Finding.Kind, r.Finding, i+1
	}
	return o
}

// maxUnended is how many schedules may be given up as too long before the test is.
const maxUnended = 3

// sample runs schedules of the rotation.
func (w *worker) sample(test Test) wire.Outcome {
	o := wire.Outcome{Kind: wire.Pass, Exhausted: -1}
	s := search.Named(w.job.Seed, w.job.Strategy)
	w.learn(test, s, w.job.First, w.options(0))
	run := func(i int) (Result, bool) {
		s.Begin(i)
		w.begin(i)
		r := Run(w.t, s, w.first(w.options(i)), test.Run)
		s.End(r.Steps)
		return r, true
	}
	for i := w.job.First; i < w.job.Schedules; i += w.job.Stride {
		if w.late() {
			o.Cut = true
			break
		}
		r, _ := run(i)
		r = w.unhurried(test, r)
		if w.count(&o, test, r, i) {
			if w.job.Mode == wire.First {
				return o
			}
			return w.settle(o, test, r, func(n int) (Result, bool) { return run(i + n) })
		}
		if o.Only = i == 0 && !w.job.Strict && r.only(); o.Only {
			break
		}
	}
	return w.held(o, test)
}

// learn runs the schedules that a search learns from, as far as they come before the
// first one that counts.
func (w *worker) learn(test Test, s *search.Rotation, first int, o Options) {
	random := o.Random
	for i := range min(first, search.Learning) {
		s.Begin(i)
		o.Random = random + uint64(i)
		s.End(Run(w.t, s, o, test.Run).Steps)
	}
}

// exhaust runs every schedule that differs from the others; if they are too many, every
// one with no delay, with at most one, and so on.
func (w *worker) exhaust(test Test) wire.Outcome {
	o := wire.Outcome{Kind: wire.Pass, Exhausted: -1}
	if w.reduce(&o, test) {
		return o
	}
	s := &search.Delays{}
	run := func() Result {
		w.begin(o.Schedules)
		r := Run(w.t, s, w.first(w.options(0)), test.Run)
		s.End(r.Steps)
		return r
	}
	next := func(n int) (Result, bool) {
		for !s.Begin(n) {
			if s.Bound == w.job.Bound {
				return Result{}, false
			}
			s = &search.Delays{Bound: s.Bound + 1}
		}
		return run(), true
	}
	for bound := 0; bound <= w.job.Bound; bound++ {
		s = &search.Delays{Bound: bound}
		for s.Begin(o.Schedules) {
			if o.Cut = w.late(); o.Cut || o.Schedules >= w.job.Schedules {
				return w.held(o, test)
			}
			if r := run(); w.count(&o, test, r, o.Schedules) {
				return w.settle(o, test, r, next)
			}
		}
		if o.Unended > 0 {
			return w.held(o, test)
		}
		o.Exhausted = bound
	}
	return w.held(o, test)
}

// count adds a schedule to the outcome, and reports whether it settles the test.
func (w *worker) count(o *wire.Outcome, test Test, r Result, number int) bool {
	if o.Schedules == 0 || r.Steps < o.Least {
		o.Least = r.Steps
	}
	o.Schedules++
	w.extend(r)
	o.Sum = wire.Add(o.Sum, w.job.Secret, number)
	if r.Doubt != nil && !(r.Doubt.Kind == Leak && (w.job.Leaks == wire.LeaksOff || w.leak != nil)) { // one leak is told
		o.Doubts++
		w.doubt = r.Doubt
	}
	if test.Skipped != nil {
		o.Skipped = test.Skipped()
	}
	o.Drawn = o.Drawn || r.Drawn
	f := r.Finding
	if f != nil && r.Blind {
		f = w.again(test, r.Schedule, w.seeing(number)).Finding
	}
	if f == nil {
		w.passed = &r.Schedule
		return false
	}
	if f.Unsound != "" && !w.comesAndGoes(test, r.Schedule) {
		f = unsoundFinding(f.Unsound, f.Text)
	}
	if f.Kind == Leak && w.leaves(r, number) {
		return false
	}
	if endless(f) && f.Kind == Race {
		w.raced(r, number)
		f = f.Other
	}
	if f.Kind == Running {
		w.lingered(f, r, number)
		if o.Unended++; o.Unended < maxUnended {
			return false
		}
	}
	o.Kind, o.Number, o.Finding, o.Schedule, o.Left = f.Kind, number, f, r.Schedule.String(), w.left(test)
	return true
}

// comesAndGoes reports whether a failure depends on the schedule: it is there whenever this one
// runs, and not when one that passed runs in between.
func (w *worker) comesAndGoes(test Test, fails wire.Schedule) bool {
	passes := w.passed
	if passes == nil {
		passes = w.passing(test)
	}
	for range 2 {
		if passes == nil || w.replay(test, *passes, false).Finding != nil {
			return false
		}
		if again := w.replay(test, fails, false).Finding; again == nil || again.Kind != Wrong {
			return false
		}
	}
	return true
}

// passing looks among the first schedules for one that finds nothing; nil if none does.
func (w *worker) passing(test Test) *wire.Schedule {
	s := search.Named(w.job.Seed, w.job.Strategy)
	for i := range search.Learning {
		s.Begin(i)
		r := Run(w.t, s, w.options(i), test.Run)
		s.End(r.Steps)
		if r.Finding == nil {
			return &r.Schedule
		}
	}
	return nil
}

// longest is how many characters of a schedule can be asked of people to paste.
const longest = 240

// show makes a finding small and replays it in detail. One that stays too large
// is named by its number.
func (w *worker) show(o wire.Outcome, test Test, found Result, number int) wire.Outcome {
	small := w.minimise(test, found)
	if o.Schedule = small.Schedule.String(); len(o.Schedule) > longest && w.job.Mode == wire.Sample && !found.Derived {
		small = found
		small.Schedule = w.numbered(found.Schedule, number)
		o.Schedule = small.Schedule.String()
	}
	again := w.remembered(small, func() Result { return w.told(test, small) })
	if !w.alike(again.Finding, small.Finding) || again.Schedule.Sum != small.Schedule.Sum {
		o.Varies, o.Finding = true, small.Finding
		if !w.alike(again.Finding, small.Finding) {
			return o
		}
	}
	o.Finding, o.Trace = again.Finding, again.Trace
	return o
}

// numbered is a sampled schedule by its number instead of its choices.
func (w *worker) numbered(s wire.Schedule, number int) wire.Schedule {
	return wire.Schedule{Numbered: true, Number: uint64(number), Seed: w.job.Seed, Random: w.job.Programs, Sum: s.Sum}
}

// replay runs one schedule.
func (w *worker) replay(test Test, s wire.Schedule, detail bool) Result {
	o := w.options(int(s.Number))
	o.Detail = detail
	return w.again(test, s, o)
}

// again runs one schedule with the options of its own number.
func (w *worker) again(test Test, s wire.Schedule, o Options) Result {
	if s.Numbered {
		first := w.options(0)
		first.Random, o.Random = s.Random, s.Random+s.Number
		r := search.Named(s.Seed, w.job.Strategy)
		w.learn(test, r, int(s.Number), first)
		r.Begin(int(s.Number))
		return Run(w.t, r, o, test.Run)
	}
	o.Random = s.Random
	return Run(w.t, search.NewReplay(s.Choices), o, test.Run)
}

// replays runs the job's schedule as often as it says, and holds each run
// against the first.
func (w *worker) replays(test Test) wire.Outcome {
	s, err := wire.ParseSchedule(w.job.Schedule)
	if err != nil {
		return wire.Outcome{Kind: wire.Unexplorable, Finding: &Finding{Kind: Unexplorable, Text: err.Error()}}
	}
	alone, first := w.alone(test, s)
	o := wire.Outcome{Kind: wire.Pass, Exhausted: -1, Schedules: 1, Times: 1, Same: 1, Schedule: w.job.Schedule, Trace: first.Trace}
	if first.Finding != nil {
		o.Kind, o.Finding = first.Finding.Kind, first.Finding
		// To come to a schedule of a number, others may have to run first.
		o.Outlives = alone.Steps > 0 && !s.Numbered && (alone.Finding == nil || alone.Finding.Kind == Leak && first.Finding.Kind != Leak)
	}
	o.Varies = s.Sum != "" && s.Sum != first.Schedule.Sum
	if o.Finding != nil && endless(o.Finding) {
		o.Trace = nil
		return w.lingering(o, test, first)
	}
	for ; o.Times < w.job.Times && !w.late(); o.Times++ {
		again := w.remembered(first, func() Result { return w.replay(test, s, false) })
		if again.Schedule.Sum == first.Schedule.Sum && sameFinding(first.Finding, again.Finding) {
			o.Same++
		}
		o.Schedules++
	}
	return o
}

// sameFinding reports whether two runs of the same steps showed the same. Messages
// may hold addresses, or the names of temporary folders.
func sameFinding(a, b *Finding) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Kind == b.Kind && sameFinding(a.Other, b.Other)
}
