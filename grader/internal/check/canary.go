package check

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/diagnose"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/submission"
)

// Some failures do not say whose fault they are: a compiler that does not end, or that
// seems to lack something; a process that was killed, or in which the race detector
// reports nothing; a scenario that cannot be explored. Output proves nothing, because
// a fix can have anything printed. So the same step is repeated with the starter,
// which can be trusted. If that fails, too, the machine is at fault, and the grader
// says so. If it succeeds and the fix fails
// again, the fix is at fault.

// compile builds the tests for one kind.
func (b *Bench) compile(ctx context.Context, kind build.Kind) (binary string, found []evidence.Finding, err error) {
	if err := b.lab.prime(ctx, b.staging, kind); err != nil {
		return "", nil, err
	}
	err = b.blame(ctx, func(st *build.Staging) (err error) {
		binary, found, err = st.Compile(ctx, kind)
		return err
	}, &found)
	if found != nil {
		binary = "" // the starter's, if it was asked
	}
	return binary, found, err
}

// alone compiles the fix without its tests, which is quick and shows what is wrong
// with it. Code on which the compiler does not end is not passed to any other program.
func (b *Bench) alone(ctx context.Context) (found []evidence.Finding, err error) {
	if err := b.lab.prime(ctx, b.staging, build.Race); err != nil {
		return nil, err
	}
	err = b.blame(ctx, func(st *build.Staging) (err error) {
		found, err = st.CompileFix(ctx)
		return err
	}, &found)
	return found, err
}

// vet runs go vet and returns its findings.
func (b *Bench) vet(ctx context.Context) (found []evidence.Finding, err error) {
	if err := b.lab.primeVet(ctx, b.staging); err != nil {
		return nil, err
	}
	err = b.blame(ctx, func(st *build.Staging) (err error) {
		found, err = st.Vet(ctx)
		return err
	}, &found)
	return found, err
}

// blame runs a step of the build, and if it is unclear whose fault a failure
// is, finds out.
func (b *Bench) blame(ctx context.Context, step func(*build.Staging) error, found *[]evidence.Finding) error {
	err := step(b.staging)
	var unclear *build.Unclear
	if !errors.As(err, &unclear) {
		if err == nil {
			err = b.blameTests(step, found)
		}
		return err
	}
	controlErr := b.withStarter(step)
	if own := b.ownFault(controlErr, *found); own != nil {
		return own
	}
	if controlErr != nil {
		return fmt.Errorf("%s: %w (and with the starter: %w); see that nothing clears the build cache (GOCACHE) and that the Go installation is whole, and grade again", b.exercise.ID, err, controlErr)
	}
	if err = step(b.staging); !errors.As(err, &unclear) {
		return err
	}
	if *found = unclear.Found; *found != nil {
		return nil
	}
	if unclear.Shortage && b.withUnseenFix(step) == nil {
		return fmt.Errorf("%s: %w; the same with one more comment compiles, so an entry of the build cache (GOCACHE) is damaged, or cannot be replaced: run `go clean -cache`, and grade again", b.exercise.ID, err)
	}
	*found = []evidence.Finding{{
		Verdict: evidence.Build, Summary: "the compiler cannot cope with it: " + unclear.What, Output: unclear.Output,
		Meaning: "The starter compiles in a second or two on this machine. Make the fix smaller and simpler.",
		Places:  []evidence.Place{{File: path.Join(b.exercise.Dir, b.exercise.Files[0]), Role: "here"}},
	}}
	return nil
}

// blameTests finds out whether the starter does not compile either, if the compiler's complaints
// are about the exercise's own files only. Then they are not the fix's fault.
func (b *Bench) blameTests(step func(*build.Staging) error, found *[]evidence.Finding) error {
	if !b.aboutTests(*found) {
		return nil
	}
	against := *found
	err := b.withStarter(step)
	own := b.ownFault(err, *found)
	*found = against
	return own
}

// ownFault is the error that the exercise's own tests do not compile, if that is what the
// compiler says where the starter takes the place of the fix, or nil.
func (b *Bench) ownFault(err error, found []evidence.Finding) error {
	what := ""
	var unclear *build.Unclear
	switch {
	case errors.As(err, &unclear) && unclear.Tests:
		what = unclear.Output
	case err == nil && b.aboutTests(found):
		what = complaints(found)
	default:
		return nil
	}
	return fmt.Errorf("%s: the exercise's own tests do not compile; fix them, and grade again: %s", b.exercise.ID, what)
}

// aboutTests reports whether all of the compiler's complaints are about files that are not the
// learner's.
func (b *Bench) aboutTests(found []evidence.Finding) bool {
	return len(found) > 0 && !slices.ContainsFunc(found, func(f evidence.Finding) bool {
		return f.Verdict != evidence.Build || len(f.Places) == 0 || slices.Contains(b.exercise.Files, path.Base(f.Places[0].File))
	})
}

// complaints are the compiler's, each with its place.
func complaints(found []evidence.Finding) string {
	var lines []string
	for _, f := range found {
		lines = append(lines, f.Places[0].String()+": "+strings.TrimPrefix(f.Summary, build.NotCompiled))
	}
	return strings.Join(lines, "; ")
}

// withStarter calls do with a staging module that holds the starter.
func (b *Bench) withStarter(do func(*build.Staging) error) error {
	st, err := b.stageStarter()
	if err != nil {
		return err
	}
	return errors.Join(do(st), st.Close())
}

// withUnseenFix calls do with a staging module that holds the fix with a text that was
// never compiled before: nothing of it is in the build cache.
func (b *Bench) withUnseenFix(do func(*build.Staging) error) error {
	st, err := build.Stage(b.lab.Toolchain, b.lab.Kata, b.exercise, unseen(b.submission))
	if err != nil {
		return err
	}
	return errors.Join(do(st), st.Close())
}

// stageStarter stages the starter with a text that was never compiled before, because
// a result from the build cache would prove little.
func (b *Bench) stageStarter() (*build.Staging, error) {
	sub, err := submission.Read(b.lab.Kata.Root, b.exercise, b.exercise.Starter())
	if err != nil {
		return nil, err
	}
	return build.Stage(b.lab.Toolchain, b.lab.Kata, b.exercise, unseen(sub))
}

// unseen returns a fix with a unique comment.
func unseen(sub submission.Submission) submission.Submission {
	files := map[string][]byte{}
	for name, text := range sub.Files {
		files[name] = slices.Concat(text, []byte("\n// "+rand.Text()+"\n"))
	}
	sub.Files = files
	return sub
}

// priming is done once each for the network, for every kind of build, and for vet. If
// it is interrupted, it is done again.
type priming struct {
	mu   sync.Mutex
	done bool
	err  error
}

// Fetch makes sure, once, that everything that exercises and fixes import is on this
// machine before anything is built, because builds have no network.
func (l *Lab) Fetch(ctx context.Context) error {
	return l.fetched.do(ctx, l, func(packages []string) error {
		for _, e := range l.Kata.Exercises {
			if !l.Toolchain.Vendored() { // otherwise only what the tests import is sure to be there
				packages = append(packages, submission.Modules(e.Policy)...)
			}
		}
		slices.Sort(packages)
		return l.Toolchain.Fetch(ctx, slices.Compact(packages), func(what string) { l.doing("fetching " + what) })
	})
}

// prime compiles everything that the exercises import, once: with a cold cache that
// takes a minute, which should not count against the fix.
func (l *Lab) prime(ctx context.Context, st *build.Staging, kind build.Kind) error {
	if err := l.Fetch(ctx); err != nil {
		return err
	}
	n := 0
	return l.primed[kind].do(ctx, l, func(packages []string) error {
		l.doing(kind.Compiling())
		return st.Prime(ctx, kind, packages, func(name string) {
			n++
			l.doing(fmt.Sprintf("%s, %d of %d: %s", kind.Compiling(), n, max(n, l.Toolchain.Packages), name))
		})
	})
}

// primeVet lets vet gather, once, what it needs to know about everything that the
// exercises import.
func (l *Lab) primeVet(ctx context.Context, st *build.Staging) error {
	return l.vetted.do(ctx, l, func(packages []string) error {
		l.doing("go vet reads what is imported")
		return st.PrimeVet(ctx, packages)
	})
}

func (p *priming) do(ctx context.Context, l *Lab, step func(packages []string) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done {
		return p.err
	}
	packages, err := l.imported()
	if err == nil {
		err = step(packages)
	}
	p.done, p.err = ctx.Err() == nil, err
	return err
}

// doing reports work that takes time and is not a test.
func (l *Lab) doing(what string) {
	if l.Doing != nil {
		l.Doing(what)
	}
}

// imported lists the packages that the official files of all exercises import,
// except exercises.
func (l *Lab) imported() ([]string, error) {
	found := map[string]bool{}
	for _, e := range l.Kata.Exercises {
		names, err := l.Kata.Sources(e)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if err := addImports(found, filepath.Join(l.Kata.Root, filepath.FromSlash(e.Dir), name)); err != nil {
				return nil, err
			}
		}
	}
	maps.DeleteFunc(found, func(name string, _ bool) bool { return l.isExercise(name) })
	return slices.Sorted(maps.Keys(found)), nil
}

func (l *Lab) isExercise(importPath string) bool {
	return slices.ContainsFunc(l.Kata.Exercises, func(e kata.Exercise) bool { return e.Package() == importPath })
}

// addImports adds the imports of a test file. It does not open a starter: in the learner's
// own checkout there may be anything in its place.
func addImports(found map[string]bool, name string) error {
	if info, err := os.Lstat(name); !strings.HasSuffix(name, "_test.go") || err == nil && !info.Mode().IsRegular() {
		return nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
	if err != nil {
		return nil
	}
	for _, spec := range file.Imports {
		if importPath, err := strconv.Unquote(spec.Path.Value); err == nil {
			found[importPath] = true
		}
	}
	return nil
}

// canary makes sure that a race binary detects races in the sandbox, with this fix in
// it: it must report a race of ours.
func (b *Bench) canary(ctx context.Context, binary string) ([]evidence.Finding, error) {
	var o diagnose.Outcome
	for range 2 {
		var err error
		if o, err = b.runCanary(ctx, binary); err != nil || o.Verdict == evidence.Race {
			return nil, err
		}
	}
	if err := b.control(ctx, build.Race); err != nil {
		return nil, err
	}
	if o.Verdict == evidence.Panic && o.Finding != nil {
		f := *o.Finding
		f.Summary = "before any test begins: " + f.Summary
		f.Meaning = "Initialising a package variable must not panic. Set it up where it is used."
		return []evidence.Finding{f}, nil
	}
	return []evidence.Finding{{
		Verdict: evidence.Integrity, Summary: "with this fix in it, a process does not see a race that we made",
		Meaning: "The fix ends, stops or changes the process before the tests begin. Remove that.",
		Places:  []evidence.Place{{File: path.Join(b.exercise.Dir, b.exercise.Files[0]), Role: "here"}},
	}}, nil
}

// runCanary runs the canary in a separate process.
func (b *Bench) runCanary(ctx context.Context, binary string) (diagnose.Outcome, error) {
	return b.canaryTrial().unhurried(ctx, build.Race, binary, sample{procs: 4, canary: true})
}

// control makes sure that processes of a kind work on this machine: one with the
// starter and a race of ours must end.
func (b *Bench) control(ctx context.Context, kind build.Kind) error {
	return b.withStarter(func(st *build.Staging) error {
		binary, found, err := st.Compile(ctx, kind)
		if err != nil || found != nil {
			return errors.Join(err, errStarter)
		}
		if kind == build.Race {
			return b.raceSeen(ctx, binary)
		}
		return b.endsWell(ctx, binary)
	})
}

var errStarter = errors.New("the starter does not compile")

// raceSeen runs the canary in a race binary that holds the starter.
func (b *Bench) raceSeen(ctx context.Context, binary string) error {
	o, err := b.runCanary(ctx, binary)
	if v := o.Verdict; err == nil && v != evidence.Race {
		err = fmt.Errorf("the race detector is blind on this machine: a race that we made ends as %q. Is the C library of a kind that Go supports, is there enough memory, and does nothing end the processes of the grader? Fix that, and grade again", v)
	}
	return err
}

// endsWell runs the canary in a plain binary with the starter, which does not
// detect the race.
func (b *Bench) endsWell(ctx context.Context, binary string) error {
	t := b.canaryTrial()
	_, r, err := t.process(ctx, build.Plain, binary, sample{canary: true}, testTime*patienceFactor, nil)
	if err == nil && (r.ExitCode != 0 || r.TimedOut) {
		err = fmt.Errorf("test processes do not run on this machine: one that does nothing ends with exit code %d. Is there enough memory, and does nothing end the processes of the grader? Fix that, and grade again", r.ExitCode)
	}
	return err
}

func (b *Bench) canaryTrial() *trial {
	return &trial{bench: b, test: kata.Test{Name: b.exercise.Tests[0].Name}}
}
