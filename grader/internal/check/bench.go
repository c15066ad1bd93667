package check

import (
	"context"
	"errors"
	"maps"
	"os"
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

// Lab is what all gradings share: the official tree, the toolchain, the effort
// and the processors. Its methods may be called from many goroutines.
type Lab struct {
	Kata      kata.Kata
	Toolchain *build.Toolchain
	Effort    Effort
	// Protection is what Probe has found of the sandbox here.
	Protection sandbox.Protection
	// Progress, if set, is told of each test that is done.
	Progress func(exercise, test string)

	permissive bool // the policy is off: for tests of what lies below it

	primed [2]priming    // by kind, plain and race
	slots  chan struct{} // a process that computes holds one
	naps   chan struct{} // one that sleeps at its exit holds one of these
	load   *load
}

// NewLab returns a lab that runs as many processes at once as processors.
// busy is a command that keeps one processor busy until it is killed.
func NewLab(k kata.Kata, tc *build.Toolchain, effort Effort, processors int, busy []string) *Lab {
	return &Lab{
		Kata: k, Toolchain: tc, Effort: effort,
		slots: make(chan struct{}, processors),
		naps:  make(chan struct{}, 16*processors),
		load:  &load{command: busy, processes: 2 * processors, time: 10 * time.Minute},
	}
}

// Results is all that was seen of one fix.
type Results struct {
	Whole []evidence.Check            // policy, build, vet
	Tests map[string][]evidence.Check // tests, race, leak, repeat, by test
}

// Bench is one fix, ready to be looked at as often as one likes: it is read,
// held against the policy, built and vetted once.
type Bench struct {
	lab      *Lab
	exercise kata.Exercise
	source   diagnose.Source
	whole    []evidence.Check
	staging  *build.Staging // nil if the fix was refused before it came to that
	race     lazyBinary
	plain    string // "" if it has not been built
	seed     uint64 // of the schedules that are explored
	explored lazySession
}

// lazyBinary is built when it is first needed.
type lazyBinary struct {
	once  sync.Once
	path  string
	found *evidence.Finding // the fix's own fault that there is none, or that it cannot be trusted
	err   error
}

// Prepare reads the fix in root/dir and builds it. Close the bench afterwards.
func (l *Lab) Prepare(ctx context.Context, e kata.Exercise, root, dir string) (*Bench, error) {
	b := &Bench{lab: l, exercise: e}
	sub, err := submission.Read(root, e, dir)
	var refusal *submission.Refusal
	if errors.As(err, &refusal) {
		b.judgeWhole(PolicyName, refusal.Findings)
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	b.seed = seedOf(sub.Hash())
	if b.refused(submission.Check(e, sub)) && !submission.Runnable(e, sub) {
		return b, nil
	}
	if err := b.stage(ctx, sub); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// refused records what the policy has to say, and tells whether it objects.
// What does not parse is not built, for there nobody knows what it does.
func (b *Bench) refused(found []evidence.Finding) bool {
	switch {
	case b.lab.permissive && (found == nil || found[0].Verdict != evidence.Build):
		found = nil
	case found != nil && found[0].Verdict == evidence.Build:
		b.whole = append(b.whole, skipped(PolicyName, "because the fix does not parse"))
		b.judgeWhole(BuildName, found)
		return true
	}
	b.judgeWhole(PolicyName, found)
	return found != nil
}

// Close removes what was built.
func (b *Bench) Close() error {
	if b.staging == nil {
		return nil
	}
	if b.explored.Session != nil {
		b.explored.Close()
	}
	return b.staging.Close()
}

// stage builds and vets the fix.
func (b *Bench) stage(ctx context.Context, sub submission.Submission) (err error) {
	if b.source, err = b.lab.source(b.exercise, sub); err != nil {
		return err
	}
	if b.staging, err = build.Stage(b.lab.Toolchain, b.lab.Kata, b.exercise, sub); err != nil {
		return err
	}
	return b.lab.slot(ctx, func() error {
		plain, found, err := b.compile(ctx, build.Plain)
		if err != nil {
			return err
		}
		if b.judgeWhole(BuildName, found); found != nil {
			return nil
		}
		b.plain = plain
		if found, err = b.vet(ctx); err != nil {
			return err
		}
		b.judgeWhole(VetName, found)
		return nil
	})
}

// source is the text that findings quote: the official files, and the fix over them.
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
	c := evidence.Check{Detector: detector, Verdict: evidence.Pass, Runs: 1}
	if len(found) > 0 {
		b.source.Quote(found[0].Places)
		c.Verdict, c.Failures, c.Finding = found[0].Verdict, 1, &found[0]
		if len(found) > 1 {
			c.Finding.Output = others(found[1:])
		}
	}
	b.whole = append(b.whole, c)
}

// others lists further findings of the same check, a line each.
func others(found []evidence.Finding) string {
	text := "and:"
	for _, f := range found[:min(len(found), 10)] {
		text += "\n" + f.Summary
		if len(f.Places) > 0 {
			text += " (" + f.Places[0].String() + ")"
		}
	}
	return text
}

// raceBinary builds the race binary on first use, and makes sure that it sees
// races. The plain one compiled, so a failure is hardly the fix's.
func (b *Bench) raceBinary(ctx context.Context) (path string, found *evidence.Finding, err error) {
	b.race.once.Do(func() {
		b.race.err = b.lab.slot(ctx, func() error {
			path, found, err := b.compile(ctx, build.Race)
			if err == nil && found == nil {
				found, err = b.canary(ctx, path)
			}
			if found != nil {
				b.race.found = &found[0]
			}
			b.race.path = path
			return err
		})
	})
	return b.race.path, b.race.found, b.race.err
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
