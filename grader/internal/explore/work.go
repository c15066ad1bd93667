package explore

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"heisenkata/grader/internal/diagnose"
	"heisenkata/grader/internal/explore/rt/wire"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/run"
)

// work explores every test, as many processes at once as there are processors,
// and returns what came of those that were begun.
func (s *Session) work(ctx context.Context) []explored.Package {
	slots := make(chan struct{}, max(1, s.Processors))
	packages := make([]explored.Package, len(s.targets))
	var group sync.WaitGroup
	for i, t := range s.targets {
		packages[i] = explored.Package{Package: t.path, Dir: s.relative(t.dir), Reason: t.reason, Broken: t.broken, Tests: []explored.Test{}}
		if s.Run == nil || s.Run.String() == "" { // a pattern asks for tests alone
			packages[i].NotExplored = t.other
		}
		if t.reason != "" {
			continue
		}
		if !s.Strict {
			t.contents = contents(s.stagedDirOf(t))
		}
		tests := make([]*explored.Test, len(t.chosen))
		helpers := slots
		var mine sync.WaitGroup
		if t.shares = !s.Strict && s.byPath[t.path].namesSharedFiles(); t.shares {
			helpers = make(chan struct{}, 1)
		}
		for j, name := range t.chosen {
			if t.shares {
				mine.Wait()
			}
			slots <- struct{}{}
			mine.Add(1)
			group.Go(func() {
				defer mine.Done()
				defer func() { <-slots }()
				tests[j] = s.test(ctx, t, name, helpers)
				if tests[j] != nil && s.Found != nil {
					s.Found(t.path, *tests[j])
				}
			})
		}
		group.Go(func() {
			mine.Wait()
			for _, test := range tests {
				if test != nil {
					packages[i].Tests = append(packages[i].Tests, *test)
				}
			}
		})
	}
	group.Wait()
	return slices.DeleteFunc(packages, func(p explored.Package) bool { return p.Reason == "" && len(p.Tests)+len(p.NotExplored) == 0 })
}

// alone is how many schedules one process runs before others help.
const alone = 200

// test explores one test; nil if ctx ended first. It holds one slot, and takes others of
// helpers, those that are free, for the later schedules.
func (s *Session) test(ctx context.Context, t *target, name string, helpers chan struct{}) *explored.Test {
	began := time.Now()
	job := wire.Job{Mode: wire.Sample, Tests: []string{name}, Subs: s.Subs, Seed: s.Seed, Stride: 1, Schedules: min(alone, s.Budget.Schedules), Millis: int(s.Budget.Time.Milliseconds()), Steps: s.Budget.Steps, StepMillis: int(s.Budget.Step.Milliseconds()), EarlyTimeouts: s.EarlyTimeouts || s.Schedule != "", Leaks: s.Leaks, Strict: s.Strict, Programs: s.Programs}
	switch {
	case s.Schedule != "":
		job.Mode, job.Schedule, job.Times = wire.Replay, s.Schedule, max(1, s.Times)
	case s.Exhaustive:
		job.Mode, job.Bound, job.Schedules, job.Reduce = wire.Exhaust, s.Delays, s.Budget.Schedules, s.Budget.Schedules/2
		if s.Strict { // what cannot be reduced is searched as far as without the attempt
			job.Schedules += job.Reduce
			job.Millis += job.Millis / 2
		}
	}
	a := s.process(ctx, t, job)
	job.Steps = max(job.Steps, a.Limit)
	left := s.Budget.Time - time.Since(began)
	if s.Strict {
		left = s.Budget.Time - time.Duration(a.CPU)
	}
	if job.Mode == wire.Sample && unsettled(*a, job) && !a.Cut && !a.Only && s.Budget.Schedules > alone {
		job.Millis = int(max(0, left).Milliseconds())
		a = s.more(ctx, t, job, a, helpers)
	}
	if a == nil || a.Kind == "" {
		return nil
	}
	if a.Varies && job.Mode != wire.Replay && !s.afresh(ctx, t, job, a) && t.place == "" {
		if in := s.inCopy(t); in != nil { // another test may have used the same files meanwhile
			return s.test(ctx, in, name, make(chan struct{}, 1))
		}
	}
	if s.mayOutlive(*a, job, t) {
		s.confirm(ctx, t, job, a)
	}
	if a.Outlives && t.place == "" && touched(s.stagedDirOf(t), t.contents) {
		if in := s.inCopy(t); in != nil {
			return s.test(ctx, in, name, make(chan struct{}, 1))
		}
	}
	if s.contradicted(ctx, t, job, *a) {
		said := explored.Summarise(explored.Test{Name: name, Verdict: explored.Verdict(a.Kind)}, a.Finding.Text)
		*a = *broken(fmt.Errorf("%s: %s", contradicted, said))
	}
	a.Nanos = int64(time.Since(began))
	test := s.told(t, name, *a)
	return &test
}

// afresh replays a finding that was not shown again in its own process. In a process that
// has run hundreds of schedules the race detector may have forgotten an access, and then
// it reports nothing, although the steps are the same. It reports whether the finding is there.
func (s *Session) afresh(ctx context.Context, t *target, job wire.Job, a *wire.Outcome) bool {
	job.Mode, job.Schedule, job.Times = wire.Replay, a.Schedule, 1
	again := s.process(ctx, t, job)
	if again.Kind == a.Kind && !again.Varies {
		a.Finding, a.Trace, a.Varies = again.Finding, again.Trace, false
	}
	return again.Kind == a.Kind
}

// mayOutlive reports whether a finding could come from what an earlier schedule, or another test,
// has left: such a one has run in its process, or something was written to the package's folder.
// What goes wrong is no race, which the detector sees.
func (s *Session) mayOutlive(a wire.Outcome, job wire.Job, t *target) bool {
	if job.Strict || job.Mode == wire.Replay || a.Kind != wire.Wrong && a.Kind != wire.Panic && a.Kind != wire.Deadlock {
		return false
	}
	return a.Schedules > 1 && !a.Varies || touched(s.stagedDirOf(t), t.contents)
}

// confirm replays a finding as the first schedule of a process, in a folder of its own. One
// that does not show there is none: the schedule is the same.
func (s *Session) confirm(ctx context.Context, t *target, job wire.Job, a *wire.Outcome) {
	if schedule, err := wire.ParseSchedule(a.Schedule); err != nil || schedule.Numbered {
		return
	}
	in := s.inCopy(t)
	if in == nil {
		in = t
	} else {
		defer func() { _ = os.RemoveAll(in.place) }() // what stays goes with the session
	}
	job.Mode, job.Schedule, job.Times = wire.Replay, a.Schedule, 1
	again := s.process(ctx, in, job)
	gone := again.Kind == wire.Pass || again.Kind == wire.Running || again.Kind == wire.Leak && a.Kind != wire.Leak
	if again.Outlives || gone && (!again.Varies || touched(s.stagedDirOf(t), t.contents)) {
		a.Outlives, a.Varies = true, false
	}
}

// inCopy is a package whose tests run in a copy of its folder, as that was at first; nil if
// there can be none.
func (s *Session) inCopy(t *target) *target {
	dir, err := os.MkdirTemp(s.dir, "folder-")
	if err != nil || t.contents == nil || copyFolder(s.stagedDirOf(t), dir, t.contents) != nil {
		return nil
	}
	in := *t
	in.place, in.contents = dir, contents(dir)
	return &in
}

// outlived says why a test is not explored that fails only in a process that has run it
// before.
const outlived = "it fails only where it has run before, or beside other tests, whatever the schedule: something outlives it, such as what it registers in a package of the standard library, or it writes files into its package's folder"

// unsettled reports whether schedules after those of an outcome may find more.
func unsettled(a wire.Outcome, job wire.Job) bool {
	return a.Kind == wire.Pass || a.Kind == wire.Leak && job.Leaks != wire.LeaksFirst
}

// more runs the schedules after the first ones, in as many processes as there
// are free processors: process k of n runs every n-th.
func (s *Session) more(ctx context.Context, t *target, job wire.Job, a *wire.Outcome, slots chan struct{}) *wire.Outcome {
	helpers := 0
	for free := true; free && helpers < cap(slots)-1; {
		select {
		case slots <- struct{}{}:
			helpers++
		default:
			free = false
		}
	}
	outcomes := make([]*wire.Outcome, helpers+1)
	var group sync.WaitGroup
	for k := range outcomes {
		group.Go(func() {
			part := job
			part.First, part.Stride, part.Schedules = alone+k, len(outcomes), s.Budget.Schedules
			if a.Kind == wire.Leak { // one is enough
				part.Leaks = wire.LeaksOff
			}
			outcomes[k] = s.process(ctx, t, part)
			if k > 0 {
				<-slots
			}
		})
	}
	group.Wait()
	return merge(a, outcomes)
}

// merge adds later outcomes to the first one's. Of several findings the one of
// the lowest schedule counts, whichever process came to it first.
func merge(a *wire.Outcome, later []*wire.Outcome) *wire.Outcome {
	total, sums := *a, *a
	for _, o := range later {
		sums.Schedules += o.Schedules
		sums.Doubts += o.Doubts
		sums.Unended += o.Unended
		if o.Schedules > 0 {
			sums.Least = min(sums.Least, o.Least)
		}
		sums.Cut = sums.Cut || o.Cut
		if o.Kind == wire.Timing { // the first schedules have passed
			continue
		}
		if o.Kind == wire.Pass || o.Kind == "" {
			continue
		}
		if better(*o, total) {
			earlier := total
			o, total = &earlier, *o
		}
		if o.Kind == wire.Leak && total.Kind != wire.Leak && total.Left == nil {
			total.Left = o
		}
	}
	total.Schedules, total.Doubts, total.Unended, total.Cut, total.Least = sums.Schedules, sums.Doubts, sums.Unended, sums.Cut, sums.Least
	return &total
}

// better reports whether a finding is shown rather than what there is so far: anything
// rather than a leak, and else the earlier one.
func better(o, than wire.Outcome) bool {
	leaks := o.Kind == wire.Leak
	switch {
	case than.Kind == wire.Pass:
		return true
	case leaks != (than.Kind == wire.Leak):
		return !leaks
	}
	return o.Number < than.Number
}

// grace is how long a process may take beyond its budget: to start, to make its
// finding small, and for its watchdog to see that nothing moves.
const grace = 90 * time.Second

// startTime is how long a process of a copy that is ours may take to begin with its test.
// It takes a tenth of a second; in other modules TestMain may have much to prepare.
const startTime = 20 * time.Second

// starved is how many times longer than its processor time a strict job may take.
const starved = 10

// patience is how long a process may take.
func patience(job wire.Job) time.Duration {
	long := time.Duration(job.Millis) * time.Millisecond
	if job.Strict {
		long *= starved
	}
	return long + grace
}

// process runs one job to its end. An outcome without a kind was cut short.
func (s *Session) process(ctx context.Context, t *target, job wire.Job) *wire.Outcome {
	dir, err := os.MkdirTemp(s.dir, "job-")
	if err != nil {
		return broken(err)
	}
	if err := s.assign(dir, &job); err != nil {
		return broken(err)
	}
	c := run.Command{
		Path: t.binary, Args: append([]string{"-test.run=^" + wire.Driver + "$", "-test.timeout=0"}, s.TestArgs...),
		Env: s.workEnv(dir, job), Dir: s.stagedDirOf(t), Timeout: patience(job), Quit: true,
	}
	if s.Own {
		c.Enough = func(_, wall time.Duration) bool {
			return wall > startTime && len(run.ReadLeftover(dir, filepath.Base(job.Out), 1)) == 0
		}
	}
	if s.Confine != nil {
		s.Confine(&c, dir)
	}
	r, err := run.Run(ctx, c)
	if s.Spent != nil {
		s.Spent(r.CPU, r.Wall)
	}
	o := readOutcome(dir, job)
	switch {
	case o.Kind == wire.Pass && job.Mode != wire.Replay && job.Mode != wire.Play && job.Mode != wire.Chart && job.Mode != wire.Every && !job.Vouches(o):
		return broken(errors.New(explored.Forged))
	case o.Kind != "":
		s.attachRace(o, job)
		return o
	case err != nil:
		if ctx.Err() != nil {
			return &wire.Outcome{}
		}
		return broken(err)
	}
	o = crashed(r, dir, job)
	if o.Kind == wire.Panic && job.Mode == wire.Sample { // its choices died with it
		o.Schedule = wire.Schedule{Numbered: true, Number: uint64(o.Number), Seed: job.Seed, Random: job.Programs}.String()
	}
	return o
}

// assign writes a job down for the process that does it, with what is its own.
func (s *Session) assign(dir string, job *wire.Job) error {
	job.Secret = rand.Text()
	job.Out, job.Now, job.RaceLog = filepath.Join(dir, "out"), filepath.Join(dir, "now"), filepath.Join(dir, "race")
	if !s.Own {
		job.Temp = filepath.Join(dir, "tmp")
		if err := os.Mkdir(job.Temp, 0o700); err != nil {
			return err
		}
	}
	text, err := json.Marshal(job)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "job"), text, 0o600)
}

// stagedDirOf is the folder that a package's tests run in: its own.
func (s *Session) stagedDirOf(t *target) string {
	if t.place != "" {
		return t.place
	}
	return filepath.Dir(s.staged(filepath.Join(t.dir, "x")))
}

func (s *Session) workEnv(dir string, job wire.Job) []string {
	env := append([]string(nil), s.Env...)
	if job.Temp != "" {
		env = append(env, "TMPDIR="+job.Temp, "TMP="+job.Temp, "TEMP="+job.Temp)
	}
	return append(env, fmt.Sprintf("GOMAXPROCS=%d", max(1, s.procs)), wire.JobVariable+"="+filepath.Join(dir, "job"), "PWD="+s.Dir,
		"GORACE=halt_on_error=0 exitcode=0 atexit_sleep_ms=0 suppress_equal_stacks=0 suppress_equal_addresses=0 log_path="+job.RaceLog)
}

func broken(err error) *wire.Outcome {
	return &wire.Outcome{Kind: wire.Unexplorable, Exhausted: -1, Finding: &wire.Finding{Kind: wire.Unexplorable, Text: err.Error()}}
}

// maxOutcome bounds what is read of a process's outcomes, in bytes: a trace of
// 300,000 steps is a tenth of it.
const maxOutcome = 1 << 29

// readOutcome is the last outcome that the process's own part has told, or one
// without a kind.
func readOutcome(dir string, job wire.Job) *wire.Outcome {
	o := &wire.Outcome{}
	for line := range bytes.Lines(run.ReadLeftover(dir, filepath.Base(job.Out), maxOutcome)) {
		text, ours := bytes.CutPrefix(line, []byte(job.Secret+" "))
		var next wire.Outcome
		if ours && json.Unmarshal(text, &next) == nil && !next.Begins {
			o = &next
		}
	}
	return o
}

// detectorSays is the beginning of what the race detector has written of its own end, if
// it has written anything.
func detectorSays(dir string, job wire.Job) (text string) {
	logs, _ := filepath.Glob(filepath.Join(dir, filepath.Base(job.RaceLog)) + ".*") // its name is one that we made
	for _, log := range logs[:min(len(logs), 4)] {
		text += string(run.ReadLeftover(dir, filepath.Base(log), 1<<16))
	}
	return text
}

// crashed is the outcome of a process that ended without one.
func crashed(r run.Result, dir string, job wire.Job) *wire.Outcome {
	number := 0
	_, _ = fmt.Sscan(string(run.ReadLeftover(dir, filepath.Base(job.Now), 100)), &number) // zero if there is none
	o := &wire.Outcome{Kind: wire.Unexplorable, Exhausted: -1, Number: number, Schedules: number + 1}
	out := string(r.Output)
	what, room, exceeded := fatal(out), run.Room(filepath.Dir(dir)), r.Exceeded
	overflow, calls := diagnose.Overflow(out)
	switch {
	case strings.Contains(what, "synctest") && (strings.Contains(out, "runtime.ensureSigM") || strings.Contains(out, "os/signal.")):
		what = wire.Signals
	case strings.Contains(what, "synctest"):
		what = "it uses something that was made outside the test, before it began: " + what
	case r.Exceeded != "":
		o.Kind, what = wire.Panic, "it took more than its share of "+r.Exceeded
	case r.Killed():
		what = "the process was ended or stopped from outside; is there enough memory?"
	case r.TimedOut:
		what = "the process did not end in time"
	case diagnose.NoThreads(out):
		what = "the system gives the process no more threads"
	case diagnose.OutOfMemory(out) || diagnose.OutOfMemory(detectorSays(dir, job)):
		o.Kind, what, exceeded = wire.Panic, "it ran out of memory", "memory"
	case overflow != "":
		o.Kind, what = wire.Panic, overflow
	case what != "":
		o.Kind, what = wire.Panic, strings.TrimPrefix(what, "panic: ")
	case room != nil:
		what = room.Error()
	default:
		what = fmt.Sprintf("%s, with exit code %d, in schedule %d", explored.Vanished, r.ExitCode, number)
	}
	o.Finding = &wire.Finding{Kind: o.Kind, Text: what, Stack: firstLines(out, 60), At: calls, Exceeded: exceeded}
	return o
}
