package check

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"sync"
	"time"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/diagnose"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/sandbox"
	"heisenkata/grader/internal/submission"
)

// Lab is what all gradings share: the official tree, the toolchain, the effort and the
// processors. Its methods are safe for concurrent use.
type Lab struct {
	Kata      kata.Kata
	Toolchain *build.Toolchain
	Effort    Effort
	// Protection is what Probe found out about the sandbox on this machine.
	Protection sandbox.Protection
	// Progress, if set, is called for each finished test, with a line about its failure,
	// or "" if it passed.
	Progress func(exercise, test, failure string)
	// Tested, if set, is called for each finished test with all its checks. Calls may
	// overlap.
	Tested func(exercise, test string, checks []evidence.Check)
	// Doing, if set, is called with what takes time before the tests, such as downloads
	// and compilation, and how far it has got.
	Doing func(what string)
	// Secret, if set, keeps the schedules for a fix unknown
	// to its author.
	Secret string
	// Each makes every detector run each test until it fails, as needed to check claims
	// about detectors. Otherwise the first failure is enough.
	Each bool

	fetched    priming
	primed     map[build.Kind]*priming
	vetted     priming
	slots      chan struct{} // each running process holds one
	exitSleeps *exitSleeps   // of processes that sleep on exit
	// A build holds one of these. It runs processes of its own and waits for no others,
	// while a process that needs another binary waits for a build: with slots for both,
	// each could wait for the other.
	builds chan struct{}
	load   *load
}

// NewLab returns a lab that runs as many processes at the same time as processors.
// busy is a command that keeps one processor busy until it is killed.
func NewLab(k kata.Kata, tc *build.Toolchain, effort Effort, processors int, busy []string) *Lab {
	return &Lab{
		Kata: k, Toolchain: tc, Effort: effort,
		primed:     map[build.Kind]*priming{build.Plain: {}, build.Race: {}},
		slots:      make(chan struct{}, processors),
		exitSleeps: &exitSleeps{most: maxExitSleeps * processors, maxMemory: int64(processors) * exitSleepMemory},
		builds:     make(chan struct{}, processors),
		load:       &load{command: busy, processes: 2 * processors, time: 10 * time.Minute},
	}
}

// Results is everything that was found out about one fix.
type Results struct {
	Whole []evidence.Check            // policy, build, vet
	Tests map[string][]evidence.Check // tests, race, leak, repeat, by test
}

// Bench is one fix, ready to be tested any number of times: it has been read, checked
// against the policy, built and vetted.
type Bench struct {
	lab        *Lab
	exercise   kata.Exercise
	submission submission.Submission
	only       []string // names of the tests that it is prepared for; nil: all
	drawn      string   // test that is made to fail once
	source     diagnose.Source
	whole      []evidence.Check
	vetted     vetting
	staging    *build.Staging // nil if the fix was refused before staging
	compiles   bool
	built      map[build.Kind]*lazyBinary
	ahead      ahead
	seeds      seeds    // for exploring
	sizes      []string // environment that tells the tests what numbers the fix holds
	explored   lazySession
	starter    starterSession
	loops      knownLoops
	budget     *budget
}

// lazyBinary is built when it is first needed.
type lazyBinary struct {
	once  sync.Once
	path  string
	found *evidence.Finding // why the fix cannot be built or trusted
	err   error
}

func (l *Lab) bench(e kata.Exercise) *Bench {
	return &Bench{lab: l, exercise: e, budget: newBudget(l.Effort, e.Suite), built: map[build.Kind]*lazyBinary{build.Plain: {}, build.Race: {}}}
}

// Prepare reads the fix in root/dir and builds it, with no more than the tests named by
// only need, if any. Close the bench afterwards.
func (l *Lab) Prepare(ctx context.Context, e kata.Exercise, root, dir string, only ...string) (*Bench, error) {
	b := l.bench(e)
	b.only, b.drawn = only, draw(e, only)
	sub, err := submission.Read(root, e, dir)
	var refusal *submission.Refusal
	if errors.As(err, &refusal) {
		b.judgeWhole(kata.PolicyDetector, refusal.Findings)
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	b.seeds = seedsOf(l.Secret, sub.Hash())
	b.sizes = submission.SizesEnv(l.Kata.Root, e, sub)
	if b.refused(submission.Check(e, sub)) && !submission.Runnable(e, sub) {
		return b, nil
	}
	if err := b.stage(ctx, sub); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// refused records the findings of the policy, and reports whether they stop the
// grading. A fix that does not parse is not built, since it is unknown what it does.
func (b *Bench) refused(found []evidence.Finding) bool {
	if found != nil && found[0].Verdict == evidence.Build {
		b.whole = append(b.whole, skipped(kata.PolicyDetector, "because the fix does not parse"))
		b.judgeWhole(kata.BuildDetector, found)
		return true
	}
	b.judgeWhole(kata.PolicyDetector, found)
	return found != nil
}

// Close removes what was built.
func (b *Bench) Close() error {
	if b.staging == nil {
		return nil
	}
	b.vetted.stop()
	b.ahead.stop()
	return errors.Join(b.explored.close(b.staging), b.starter.close(), b.staging.Close())
}

// stage compiles the fix. Once that succeeds, the explored binary is built next to the
// others, and the fix is vetted while its tests are built, so that a failure shows as
// soon as possible.
func (b *Bench) stage(ctx context.Context, sub submission.Submission) (err error) {
	if b.source, err = b.lab.source(b.exercise, sub); err != nil {
		return err
	}
	b.submission = sub
	if b.staging, err = build.Stage(b.lab.Toolchain, b.lab.Kata, b.exercise, sub); err != nil {
		return err
	}
	found, err := b.checked(ctx, kata.BuildDetector, b.alone)
	if err != nil || found {
		return err
	}
	exploring := b.explored.ahead(ctx, b)
	found, err = b.checked(ctx, kata.BuildDetector, func(ctx context.Context) (found []evidence.Finding, err error) {
		b.built[build.Race].path, found, err = b.compile(ctx, build.Race)
		return found, err
	})
	if err != nil || found {
		exploring.stop()
		return err
	}
	b.judgeWhole(kata.BuildDetector, nil)
	b.compiles = true
	b.vetted.begin(ctx, b)
	return nil
}

// checked runs a step of the build and records
// what it finds.
func (b *Bench) checked(ctx context.Context, detector string, step func(context.Context) ([]evidence.Finding, error)) (failed bool, err error) {
	err = hold(ctx, b.lab.builds, func() error {
		found, err := step(ctx)
		if failed = found != nil; failed {
			b.judgeWhole(detector, found)
		}
		return err
	})
	return failed, err
}

// source returns the text that findings quote: the official files, overlaid by the fix.
func (l *Lab) source(e kata.Exercise, sub submission.Submission) (diagnose.Source, error) {
	files := map[string][]byte{}
	names, err := l.Kata.Sources(e)
	if err != nil {
		return diagnose.Source{}, err
	}
	for _, name := range names {
		if files[name], err = os.ReadFile(filepath.Join(l.Kata.Root, filepath.FromSlash(e.Dir), name)); err != nil {
			return diagnose.Source{}, err
		}
	}
	maps.Copy(files, sub.Files)
	return diagnose.Source{Exercise: e, Files: files}, nil
}

// judgeWhole records a check of the whole fix.
func (b *Bench) judgeWhole(detector string, found []evidence.Finding) {
	b.whole = append(b.whole, b.judged(detector, found))
}

// judged returns a check of the whole fix with what was found, if anything.
func (b *Bench) judged(detector string, found []evidence.Finding) evidence.Check {
	c := evidence.Check{Detector: detector, Verdict: evidence.Pass, Runs: 1}
	if len(found) > 0 {
		b.source.Quote(found[0].Places)
		c.Verdict, c.Failures, c.Finding = found[0].Verdict, 1, &found[0]
		if len(found) > 1 {
			c.Finding.Output = others(found[1:])
		}
	}
	return c
}

// others lists the other findings of the same check, one per line.
func others(found []evidence.Finding) string {
	text := "and:"
	for _, f := range found[:min(len(found), 10)] {
		text += "\n"
		if len(f.Places) > 0 {
			text += fmt.Sprintf("%s:%d: ", path.Base(f.Places[0].File), f.Places[0].Line)
		}
		text += f.Summary
	}
	return text
}

// binary returns the program for processes of a kind, or why there is none. It is
// built on first use, and a race binary must show that it detects races. Since the fix
// has already compiled in one kind, another failure is hardly its fault.
func (b *Bench) binary(ctx context.Context, kind build.Kind) (path string, found *evidence.Finding, err error) {
	built := b.built[kind]
	built.once.Do(func() {
		built.err = hold(ctx, b.lab.builds, func() (err error) {
			var found []evidence.Finding
			if built.path == "" {
				built.path, found, err = b.compile(ctx, kind)
			}
			if err == nil && found == nil && kind == build.Race {
				found, err = b.canary(ctx, built.path)
			}
			if found != nil {
				built.found = &found[0]
			}
			return err
		})
	})
	return built.path, built.found, built.err
}

// slot runs fn while it holds one of the processors.
func (l *Lab) slot(ctx context.Context, fn func() error) error {
	return hold(ctx, l.slots, fn)
}

func hold(ctx context.Context, slots chan struct{}, fn func() error) error {
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-slots }()
	return fn()
}
