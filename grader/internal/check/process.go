package check

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/diagnose"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/run"
	"heisenkata/grader/internal/sandbox"
)

// testTime is how long one test may take in one process. Tests of right fixes
// take milliseconds; a run that was only starved of processor time is repeated
// with patienceFactor times as much.
const (
	testTime       = 10 * time.Second
	patienceFactor = 6
)

// The rest of what one process may take. Tests of right fixes take a hundredth.
const (
	maxMemory  = 1 << 30  // resident, in bytes
	maxData    = 3 << 30  // of private memory, in bytes; the race detector reserves much of it
	maxThreads = 1000     // a goroutine in a system call takes one
	maxDisk    = 64 << 20 // in all files that it writes, in bytes
	maxFile    = 16 << 20 // in one of them
	maxFiles   = 1000
	maxCPU     = 600 // seconds
	maxOpen    = 256 // files
)

var testLimits = run.Limits{Memory: maxMemory, Threads: maxThreads, Disk: maxDisk, Files: maxFiles}

// once runs the test in one process of its own. One that ended so that the machine
// may be at fault gets a second, and then the machine must show that it is not.
func (t *trial) once(ctx context.Context, kind build.Kind, binary string, s sample) (o diagnose.Outcome, err error) {
	for range 2 {
		if f := t.bench.outOfBudget(t.test); f != nil {
			return diagnose.Outcome{Verdict: f.Verdict, Finding: f}, nil
		}
		if o, err = t.patient(ctx, kind, binary, s); err != nil || !o.Doubtful {
			return o, err
		}
	}
	return o, t.bench.control(ctx, kind)
}

// patient runs the test in a process. A run that computes where right fixes would
// long have ended, or that does nothing any more, is stopped early, and looked at.
func (t *trial) patient(ctx context.Context, kind build.Kind, binary string, s sample) (o diagnose.Outcome, err error) {
	still := idle{rest: t.bench.loops.rest}
	o, r, err := t.process(ctx, kind, binary, s, t.bench.testTime(), func(cpu, wall time.Duration) bool {
		return t.bench.loops.suspicious(cpu, wall) || still.tooLong(cpu, wall)
	})
	switch {
	case err != nil || !r.TimedOut && !r.Killed():
		return o, err
	case o.Verdict == evidence.Deadlock && kind == build.Race && !r.Killed() && (still.over || !r.Spent): // on a busy machine it may not look idle
		return t.asleep(ctx, binary, s)
	case r.Spent && still.over && t.bench.loops.certain(o, r):
		return o, nil
	case r.Spent && still.over:
		return t.unhurried(ctx, kind, binary, s)
	case r.Killed() || r.Spent && o.Verdict != evidence.Timeout:
		return t.unhurried(ctx, kind, binary, s)
	case o.Verdict != evidence.Timeout:
		return o, nil
	}
	seen := t.bench.loops.certain(o, r)
	if o, certain, err := t.looked(ctx, kind, binary, s, look{o, r}); err != nil || certain || seen {
		return o, err
	}
	return t.unhurried(ctx, kind, binary, s)
}

// asleep asks the runtime about a race-built process in which all waited for each
// other: without cgo it sees by itself whether anything could still wake them, and
// says so at once. If it does not, the race build gets all the time there is.
func (t *trial) asleep(ctx context.Context, binary string, s sample) (diagnose.Outcome, error) {
	plain, found, err := t.bench.binary(ctx, build.Plain)
	if err == nil && found == nil {
		o, _, err := t.process(ctx, build.Plain, plain, s, testTime, nil)
		if err != nil || o.Verdict == evidence.Deadlock {
			return o, err
		}
	}
	if err != nil {
		return diagnose.Outcome{}, err
	}
	return t.unhurried(ctx, build.Race, binary, s)
}

// unhurried runs the test in a process that gets all the time there is. A run that
// was starved of processor time is not held against the fix, and neither is one
// that was killed or stopped: it gets another, longer one. What is killed again is in
// doubt, since nothing says by whom. One that sleeps to the end of its time does not
// lack a processor.
func (t *trial) unhurried(ctx context.Context, kind build.Kind, binary string, s sample) (o diagnose.Outcome, err error) {
	limit := t.bench.testTime()
	for range 2 {
		var r run.Result
		if o, r, err = t.process(ctx, kind, binary, s, limit, nil); err != nil {
			return o, err
		}
		if !r.Killed() && (!o.Starved || r.CPU > limit/2 || r.Asleep) {
			t.bench.loops.addInnermost(o.Loops, nil)
			t.bench.loops.hang(o)
			return t.located(ctx, kind, s, o)
		}
		o.Doubtful = o.Doubtful || r.Killed()
		limit *= patienceFactor
	}
	return o, err
}

// testTime is how long one test of the exercise may take in one process.
func (b *Bench) testTime() time.Duration {
	if b.exercise.Suite {
		return suiteShare * testTime
	}
	return testTime
}

// process runs the test in one process and says how that ended. enough, if it is
// not nil, ends it before its limit.
func (t *trial) process(ctx context.Context, kind build.Kind, binary string, s sample, limit time.Duration, enough func(cpu, wall time.Duration) bool) (o diagnose.Outcome, r run.Result, err error) {
	dir, err := os.MkdirTemp(filepath.Join(t.bench.staging.Dir, "runs"), "")
	if err != nil {
		return o, r, fmt.Errorf("no room for a run: %w; free some space, or set TMPDIR to where there is some", err)
	}
	defer os.RemoveAll(dir)
	stop := func() {}
	defer func() { stop() }()
	if s.load {
		release := t.bench.lab.load.hold()
		defer release()
	}
	ch, err := openChannel(dir, s)
	if err != nil {
		return o, r, err
	}
	r, err = run.Run(ctx, run.Command{
		Started: func(p *run.Running) { stop = ch.watched(p, s.passed) },
		Path:    binary, Args: testArgs(t.test.Name, s), Env: append(ch.env(s, t.bench.staging.Root), t.bench.sizes...), Dir: ch.work, Timeout: limit, Enough: enough, MaxSleep: exitSleepTime, Quit: true,
		Sandbox: t.bench.lab.rules(binary, dir),
		Limits:  testLimits,
	})
	if err != nil {
		return o, r, fmt.Errorf("%w; grade again", err)
	}
	t.bench.budget.charge(r.CPU, r.Wall)
	portable, raceLog, report := t.bench.staging.Portable, ch.raceLog(), ch.report()
	if s.goOn {
		raceLog = ""
	}
	o = diagnose.Classify(t.bench.source, diagnose.Ending{
		Test: t.test.Name, Race: kind == build.Race, GOMAXPROCS: s.told(),
		ExitCode: r.ExitCode, Signal: r.Signal, TimedOut: r.TimedOut, CPU: r.CPU, Exceeded: r.Exceeded, Output: portable(string(r.Output)),
		RaceLog: portable(raceLog), Report: report, Secret: ch.secret,
		Steps: t.bench.staging.Steps(t.test.Name),
	})
	return o, r, t.ourFault(o, ch)
}

// ourFault tells what is wrong with the machine, where the process ended in a way
// that this could explain. What the process may write to proves nothing.
func (t *trial) ourFault(o diagnose.Outcome, ch *channel) error {
	switch {
	case o.Verdict == evidence.Error:
		return fmt.Errorf("%s: %s; %s", t.test.Name, o.Finding.Summary, o.Finding.Meaning)
	case o.Doubtful:
		return run.Room(filepath.Dir(ch.dir))
	}
	return nil
}

// rules are what a test process may do: execute the binary, and write into the
// folder of its run.
func (l *Lab) rules(binary, dir string) *sandbox.Rules {
	if l.Protection.Level == sandbox.None {
		return nil
	}
	return &sandbox.Rules{
		Run: []string{binary}, Write: []string{dir},
		FileSize: maxFile, Data: maxData, CPU: maxCPU, OpenFiles: maxOpen,
	}
}

// testArgs asks for the runs of one test, up to the first that fails. Without a
// time-out of its own the runtime sees a deadlock at once; -test.paniconexit0 is what
// `go test` passes.
func testArgs(test string, s sample) []string {
	args := []string{"-test.run=^" + test + "$", "-test.v=test2json", fmt.Sprintf("-test.count=%d", max(1, s.repeats)), "-test.failfast", "-test.timeout=0", "-test.paniconexit0"}
	if s.procs > 0 {
		args = append(args, "-test.cpu="+listed(append([]int{s.procs}, s.then...)))
	}
	return args
}
