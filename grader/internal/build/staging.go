package build

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/run"
	"heisenkata/grader/internal/submission"
)

// Kind is a way to compile the tests.
type Kind string

const (
	// Plain has no cgo: only so does the runtime see that all goroutines are
	// asleep (with cgo, a C thread might still wake one).
	Plain Kind = "plain"
	// Race has the race detector, which needs cgo but on macOS.
	Race Kind = "race"
)

func (k Kind) cgo() string {
	if k == Race {
		return "1"
	}
	return "0"
}

// buildTime bounds one compilation. A cold build cache, which has to compile
// the standard library, needs a minute or two of it.
const buildTime = 10 * time.Minute

// Staging is a private module with one exercise and one fix in it.
type Staging struct {
	Dir string // removed by Close

	tc       *Toolchain
	exercise kata.Exercise
}

// Stage lays out the official files of e, with the files of s over them.
func Stage(tc *Toolchain, k kata.Kata, e kata.Exercise, s submission.Submission) (*Staging, error) {
	dir, err := os.MkdirTemp("", "heisenkata-")
	if err != nil {
		return nil, fmt.Errorf("no room to build in: %w; free some space, or set TMPDIR to where there is some", err)
	}
	st := &Staging{Dir: dir, tc: tc, exercise: e}
	if err := st.fill(k, s); err != nil {
		return nil, errors.Join(fmt.Errorf("laying out %s: %w", e.ID, err), st.Close())
	}
	return st, nil
}

// Close removes the staging module and all that was built in it.
func (st *Staging) Close() error { return os.RemoveAll(st.Dir) }

func (st *Staging) fill(k kata.Kata, s submission.Submission) error {
	for _, dir := range []string{"bin", "tmp", "runs"} {
		if err := os.Mkdir(filepath.Join(st.Dir, dir), 0o755); err != nil {
			return err
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := copyFile(filepath.Join(k.Root, name), filepath.Join(st.Dir, name)); err != nil {
			return err
		}
	}
	for _, dir := range []string{"exercises/internal", st.exercise.Dir} {
		if err := copyGo(k.Root, st.Dir, dir); err != nil {
			return err
		}
	}
	for name, data := range s.Files {
		if err := os.WriteFile(filepath.Join(st.Dir, filepath.FromSlash(st.exercise.Dir), name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// RaceEnv is the environment of a race build.
func (st *Staging) RaceEnv() []string { return st.tc.environment(Race, filepath.Join(st.Dir, "tmp")) }

// copyGo copies the Go files below dir, a slash path, from one tree to another.
func copyGo(from, to, dir string) error {
	return filepath.WalkDir(filepath.Join(from, filepath.FromSlash(dir)), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		if !strings.HasSuffix(path, ".go") || !entry.Type().IsRegular() {
			return nil
		}
		return copyFile(path, filepath.Join(to, rel))
	})
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}

// Compile builds the tests and returns the binary's path, or what the compiler
// has against the fix. An error is the grader's own trouble.
//
// -trimpath makes every position in an output start at the module, wherever
// the staging is; without the symbol tables, which no stack trace reads,
// linking takes half as long.
func (st *Staging) Compile(ctx context.Context, kind Kind) (binary string, found []evidence.Finding, err error) {
	binary = filepath.Join(st.Dir, "bin", string(kind))
	args := []string{"test", "-c", "-o", binary, "-mod=readonly", "-trimpath", "-buildvcs=false", "-vet=off", "-ldflags=-s -w"}
	if kind == Race {
		args = append(args, "-race")
	}
	out, ok, err := st.goCommand(ctx, kind, args)
	if err != nil || ok {
		return binary, nil, err
	}
	found = buildFindings(st.exercise, out)
	if found == nil {
		return "", nil, fmt.Errorf("compiling %s failed, and not because of the fix: %s", st.exercise.ID, lastLines(out, 5))
	}
	return "", found, nil
}

// Vet returns what go vet has against the fix. go test runs only a few of
// vet's checks, and none of those about concurrency.
func (st *Staging) Vet(ctx context.Context) ([]evidence.Finding, error) {
	out, ok, err := st.goCommand(ctx, Plain, []string{"vet", "-mod=readonly", "-trimpath"})
	if err != nil || ok {
		return nil, err
	}
	found, understood := vetFindings(st.exercise, out)
	if !understood {
		return nil, fmt.Errorf("go vet of %s failed, and not because of the fix: %s", st.exercise.ID, lastLines(out, 5))
	}
	return found, nil
}

// goCommand runs the go command on the exercise. A module that is not there is
// fetched, and the command run again.
func (st *Staging) goCommand(ctx context.Context, kind Kind, args []string) (out []byte, ok bool, err error) {
	c := run.Command{
		Path: st.tc.goTool, Args: append(args, "./"+st.exercise.Dir),
		Env: st.tc.environment(kind, filepath.Join(st.Dir, "tmp")), Dir: st.Dir, Timeout: buildTime,
	}
	for attempt := range 2 {
		r, err := run.Run(ctx, c)
		switch {
		case err != nil:
			return nil, false, err
		case r.TimedOut:
			return nil, false, fmt.Errorf("`go %s` of %s was not done after %s; try again on a machine with more memory or less to do", args[0], st.exercise.ID, buildTime)
		case r.Signal != "":
			return nil, false, fmt.Errorf("`go %s` of %s was ended by a signal (%s); is there enough memory?", args[0], st.exercise.ID, r.Signal)
		case r.ExitCode == 0:
			return r.Output, true, nil
		case attempt == 0 && modulesMissing(string(r.Output)):
			if err := st.tc.fetchModules(ctx); err != nil {
				return nil, false, err
			}
		default:
			return r.Output, false, nil
		}
	}
	return nil, false, fmt.Errorf("a module that %s needs is in no cache, even after fetching; run `go mod download` at the root", st.exercise.ID)
}

func modulesMissing(out string) bool {
	return strings.Contains(out, "module lookup disabled by GOPROXY=off") || strings.Contains(out, "missing go.sum entry")
}

// countTime bounds a run of Count.
const countTime = 10 * time.Minute

// Count runs `go test -race -count=n` as a learner does, and returns whether it
// passes and the processor time it took, with its build.
func (st *Staging) Count(ctx context.Context, n int) (passed bool, took time.Duration, err error) {
	r, err := run.Run(ctx, run.Command{
		Path: st.tc.goTool,
		Args: []string{"test", "-race", fmt.Sprintf("-count=%d", n), "-mod=readonly", "-trimpath", "-vet=off", "-ldflags=-s -w", "./" + st.exercise.Dir},
		Env:  st.tc.environment(Race, filepath.Join(st.Dir, "tmp")), Dir: st.Dir, Timeout: countTime,
	})
	return err == nil && r.ExitCode == 0 && !r.TimedOut, r.CPU, err
}
