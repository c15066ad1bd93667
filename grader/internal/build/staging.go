package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/run"
	"heisenkata/grader/internal/scratch"
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

// Compiling says in words what a build of this kind compiles at first.
func (k Kind) Compiling() string {
	if k == Race {
		return "compiling for the race detector"
	}
	return "compiling"
}

// Staging is a private module with one exercise and one fix in it.
type Staging struct {
	Dir string // removed by Close
	// Root is the folder of the module, as the go command and all positions have it.
	// What is the same for all fixes lies there, and keeps its name, so that it is
	// compiled once. The rest is laid over it.
	Root string
	// Overlay names the files that are laid over Root, and where they are.
	Overlay map[string]string

	scratch  *scratch.Dir
	tc       *Toolchain
	exercise kata.Exercise
	steps    map[string][]uint64
	written  map[string]string // files of the fix as they were written, if others are compiled, by their names in the module
	sum      string            // of the files in it, as they were laid out
	shared   map[string]string // files of Root, if that is not Dir
}

// Stage lays out the official files of e, with the files of s over them.
func Stage(tc *Toolchain, k kata.Kata, e kata.Exercise, s submission.Submission) (*Staging, error) {
	dir, err := scratch.New()
	if err != nil {
		return nil, err
	}
	st := &Staging{Dir: dir.Path, Root: dir.Path, scratch: dir, tc: tc, exercise: e}
	if err := st.fill(k, s); err != nil {
		return nil, errors.Join(fmt.Errorf("laying out %s: %w; free some space, or set TMPDIR to where there is some, and grade again", e.ID, err), st.Close())
	}
	return st, nil
}

// Close removes the staging module and everything that was built in it.
func (st *Staging) Close() error { return st.scratch.Remove() }

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
	if st.tc.Vendored() {
		if err := linkVendor(k.Root, st.Dir); err != nil {
			return err
		}
	}
	if err := errors.Join(st.layOut(s), st.attest(s)); err != nil {
		return err
	}
	if err := st.share(); err != nil {
		return err
	}
	if err := errors.Join(st.layOverForVet(), st.addSteps()); err != nil {
		return err
	}
	var err error
	st.sum, err = st.summed()
	return err
}

// written is the folder for files of the fix as they were written, if others are compiled.
const written = "written"

// layOut puts the files of the fix into the exercise's folder, as they are to be
// compiled. Vet reads them as they were written.
func (st *Staging) layOut(s submission.Submission) error {
	st.written = map[string]string{}
	for name, text := range s.Files {
		name = filepath.Join(filepath.FromSlash(st.exercise.Dir), name)
		seen := submission.Seen(text, st.exercise.Suite)
		if !bytes.Equal(seen, text) {
			if err := st.keepWritten(name, text); err != nil {
				return err
			}
		}
		if err := os.WriteFile(filepath.Join(st.Dir, name), seen, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// keepWritten keeps a file of the module as vet is to read it.
func (st *Staging) keepWritten(name string, text []byte) error {
	st.written[name] = filepath.Join(st.Dir, written, name)
	return errors.Join(os.MkdirAll(filepath.Dir(st.written[name]), 0o755), os.WriteFile(st.written[name], text, 0o644))
}

// linkVendor gives a staging the modules that the official tree carries with it.
// They are only linked to, but the folder and its list are the staging's own.
func linkVendor(root, dir string) error {
	from, to := filepath.Join(root, "vendor"), filepath.Join(dir, "vendor")
	if err := os.Mkdir(to, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		put := os.Symlink
		if e.Type().IsRegular() {
			put = copyFile
		}
		if err := put(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// attestFile is a file that the staging adds to the package of an exercise.
const attestFile = "heisenkata_attest.go"

// attest makes the learner's package import the one by which tests report, so
// that that is initialised first: its secret is read and gone before any code of
// the learner's runs.
//
// It also gives the package a function clear, if the learner's code calls that: the race
// detector does not see what the built-in one writes. Vet sees the built-in one.
func (st *Staging) attest(s submission.Submission) error {
	name := filepath.Join(filepath.FromSlash(st.exercise.Dir), attestFile)
	text := fmt.Sprintf("package %s\n\nimport _ \"heisenkata/exercises/internal/attest\"\n", st.exercise.PackageName())
	for _, file := range s.Files {
		if submission.Clears(file) {
			err := st.keepWritten(name, []byte(text))
			text += "\nimport heisenkataSeen \"heisenkata/exercises/internal/seen\"\n\nfunc clear[T any](x T) { heisenkataSeen.Clear(x) }\n"
			return errors.Join(err, os.WriteFile(filepath.Join(st.Dir, name), []byte(text), 0o644))
		}
	}
	return os.WriteFile(filepath.Join(st.Dir, name), []byte(text), 0o644)
}

// Portable takes this machine's folders out of what a process printed: positions
// begin at the official tree, at a module or at the standard library.
func (st *Staging) Portable(text string) string {
	for _, place := range []struct{ dir, name string }{
		{st.Dir, "heisenkata"}, {st.Root, "heisenkata"}, {st.tc.settings["GOMODCACHE"], ""}, {filepath.Join(st.tc.settings["GOROOT"], "src"), ""},
	} {
		text = strings.ReplaceAll(text, filepath.ToSlash(place.dir)+"/", strings.TrimPrefix(place.name+"/", "/"))
	}
	return text
}

// known takes the staging's folders out of what the go command says: paths of the exercise
// begin as in the official tree.
func (st *Staging) known(text string) string {
	for _, dir := range []string{filepath.Join(st.Dir, "steps"), st.Dir, st.Root} {
		text = strings.ReplaceAll(text, dir+string(filepath.Separator), "")
	}
	return text
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
// has against the fix. An error of type *Unclear may be the fix's fault; any
// other is the grader's own trouble.
//
// Without the symbol tables, which no stack trace reads, linking takes half as
// long.
func (st *Staging) Compile(ctx context.Context, kind Kind) (binary string, found []evidence.Finding, err error) {
	binary = filepath.Join(st.Dir, "bin", string(kind))
	args := append([]string{"test", "-c", "-o", binary, "-vet=off", "-ldflags=-s -w"}, st.tc.flags(kind)...)
	if found, err = st.compile(ctx, kind, args); err != nil || found != nil {
		return "", found, err
	}
	return binary, nil, nil
}

// CompileFix compiles the fix alone, without its tests, and returns what the compiler
// reports about it. It takes a moment, and the tests' build does not compile it again. The
// race detector needs cgo, so a fix with C in it is refused first.
func (st *Staging) CompileFix(ctx context.Context) ([]evidence.Finding, error) {
	kind := Race
	for _, name := range st.exercise.Files {
		found, err := st.refuseC(name)
		switch {
		case errors.Is(err, errUnread): // without cgo there is no way in for C
			kind = Plain
		case err != nil || found != nil:
			return found, err
		}
	}
	object := filepath.Join(st.Dir, "tmp", "fix.a")
	found, err := st.compile(ctx, kind, append([]string{"build", "-o", object}, st.tc.flags(kind)...))
	if err != nil || found != nil {
		return found, err
	}
	defer os.Remove(object)
	info, err := os.Stat(object)
	if err != nil || info.Size() <= maxObject {
		return nil, err
	}
	if err := st.tc.uncache(object); err != nil {
		return nil, err
	}
	return []evidence.Finding{{
		Verdict: evidence.Build, Summary: fmt.Sprintf("the compiler makes %d MiB of it; a right fix comes to less than one", info.Size()>>20),
		Meaning: "It costs more to build than to test. Make it smaller and simpler: generic functions that call one another with other types are compiled once for each.",
		Places:  []evidence.Place{{File: st.exercise.Dir + "/" + st.exercise.Files[0], Role: "here"}},
	}}, nil
}

// uncache removes what the compiler has made from the build cache, where it has the sum of
// its content as a name: the next fix of this size has another one.
func (tc *Toolchain) uncache(object string) error {
	f, err := os.Open(object)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	name := hex.EncodeToString(sum.Sum(nil))
	err = os.Remove(filepath.Join(tc.settings["GOCACHE"], name[:2], name+"-d"))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil // another run has removed it, or the cache is not this user's
	}
	return err
}

// maxObject is how much the compiler may make of a fix, in bytes. The right ones of this
// repository come to 300 kB, and 64 KiB of dense code to 2 MB. Thirteen generic functions that
// instantiate one another twice come to 140 MB, in two kilobytes of source.
const maxObject = 8 << 20

// errUnread says that a file's imports could not be read. The compiler says why.
var errUnread = errors.New("it does not parse")

func (st *Staging) refuseC(name string) ([]evidence.Finding, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, filepath.Join(st.Dir, filepath.FromSlash(st.exercise.Dir), name), nil, parser.ImportsOnly)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNotWhole
	}
	if err != nil {
		return nil, errUnread
	}
	for _, spec := range file.Imports {
		if spec.Path.Value == `"C"` {
			return []evidence.Finding{{
				Verdict: evidence.Build, Summary: "it does not compile without cgo", Meaning: "C is outside of Go's memory model: write it in Go.",
				Places: []evidence.Place{{File: st.exercise.Dir + "/" + name, Line: files.Position(spec.Pos()).Line, Role: "here"}},
			}}, nil
		}
	}
	return nil, nil
}

func (st *Staging) compile(ctx context.Context, kind Kind, args []string) ([]evidence.Finding, error) {
	out, ok, err := st.goCommand(ctx, kind, st.tc.FixTime, nil, append(args, "./"+st.exercise.Dir)...)
	if err != nil || ok {
		return nil, st.readAnyway(err, buildFindings)
	}
	found := buildFindings(st.exercise, out)
	if found == nil {
		said := st.known(lastLines(out, 5))
		return nil, &Unclear{What: "the build fails", Output: said, Tests: namesTests(st.exercise, said)}
	}
	return found, nil
}

// flags are those that decide what is compiled, and how. With -trimpath the build
// cache would keep a standard library of its own for the grader; without, it is
// the one that the learner's `go test -race` and `go run` have compiled.
func (tc *Toolchain) flags(kind Kind) []string {
	flags := []string{tc.mod(), "-buildvcs=false"}
	if kind == Race {
		flags = append(flags, "-race")
	}
	return flags
}

// Vet returns what go vet reports about the fix. go test runs only a few of vet's checks,
// and none of those about concurrency. It looks at what the race build compiles, which has
// to be compiled anyway.
func (st *Staging) Vet(ctx context.Context) ([]evidence.Finding, error) {
	out, ok, err := st.goCommand(ctx, Race, st.tc.FixTime, nil, "vet", "-race", st.tc.mod(), "./"+st.exercise.Dir)
	if err != nil || ok {
		return nil, st.readAnyway(err, func(e kata.Exercise, out []byte) []evidence.Finding {
			found, _ := vetFindings(e, out)
			return found
		})
	}
	found, understood := vetFindings(st.exercise, out)
	if !understood {
		return nil, &Unclear{What: "go vet fails", Output: lastLines(out, 5)}
	}
	return found, nil
}

// Unclear is a failure of the go command whose output does not say whose fault it is. If
// the same works with the starter, it is the fix's.
type Unclear struct {
	What   string
	Output string
	// Found is what the output says of the fix, if the machine is not to blame.
	Found []evidence.Finding
	// Shortage is set if the go command says that it lacks something, such as a build
	// cache that it can write to.
	Shortage bool
	// Tests is set if the output names files of the exercise's tests.
	Tests bool
	all   []byte // of the output
}

func (u *Unclear) Error() string {
	return strings.TrimRight(u.What+": "+u.Output, ": ")
}

// readAnyway reads what the output of unclear trouble has against the fix: it counts
// once the starter has shown that the machine is sound.
func (st *Staging) readAnyway(err error, findings func(kata.Exercise, []byte) []evidence.Finding) error {
	var unclear *Unclear
	if errors.As(err, &unclear) {
		unclear.Found = findings(st.exercise, unclear.all)
	}
	return err
}

// goCommand runs the go command. One that another process killed gets a second
// chance.
func (st *Staging) goCommand(ctx context.Context, kind Kind, limit time.Duration, tell io.Writer, args ...string) (out []byte, ok bool, err error) {
	c := run.Command{
		Path: st.tc.goTool, Args: st.over(args), Env: st.tc.environment(kind, filepath.Join(st.Dir, "tmp")), Dir: st.Root, Timeout: limit, Stderr: tell,
	}
	st.tc.Confine(&c, st.Dir)
	r, err := run.Run(ctx, c)
	killed := func() bool { return r.ExitCode != 0 && (r.Killed() || r.KilledBelow()) }
	if err == nil && killed() {
		r, err = run.Run(ctx, c)
	}
	if err == nil {
		err = st.Whole()
	}
	switch {
	case err != nil:
		return nil, false, fmt.Errorf("`go %s` of %s: %w; grade again", args[0], st.exercise.ID, err)
	case r.TimedOut:
		return nil, false, &Unclear{What: fmt.Sprintf("the compiler is not done with it after %s", limit)}
	case r.Exceeded != "":
		return nil, false, &Unclear{What: fmt.Sprintf("the compiler takes more than %d GiB of memory for it", memory>>30)}
	case r.ExitCode == 0:
		return r.Output, true, nil
	case killed():
		return nil, false, &Unclear{What: fmt.Sprintf("`go %s` seems to have been ended by another process, twice; is there enough memory? Close what takes it", args[0]), Output: lastLines(r.Output, 2), all: r.Output}
	case shortage(r.Output) != "":
		return nil, false, &Unclear{What: fmt.Sprintf("`go %s` seems to lack something; free some space or memory, and see that the folders TMPDIR and GOCACHE can be written to", args[0]), Output: shortage(r.Output), Shortage: true, all: r.Output}
	}
	return r.Output, false, nil
}

// countTime bounds a run of Count.
const countTime = 10 * time.Minute

// Count runs `go test -race -count=n` as a learner does, with more flags. It returns how that
// fails, or "" if it passes, and the processor time it took, with its build.
func (st *Staging) Count(ctx context.Context, n int, flags ...string) (failure string, took time.Duration, err error) {
	r, err := run.Run(ctx, run.Command{
		Path: st.tc.goTool,
		Args: st.over(slices.Concat([]string{"test", fmt.Sprintf("-count=%d", n), "-vet=off", "-ldflags=-s -w"}, flags, st.tc.flags(Race), []string{"./" + st.exercise.Dir})),
		Env:  st.tc.environment(Race, filepath.Join(st.Dir, "tmp")), Dir: st.Root, Timeout: countTime,
	})
	switch {
	case err != nil || r.ExitCode == 0 && !r.TimedOut:
		return "", r.CPU, err
	case r.TimedOut:
		return "it has not ended after " + countTime.String(), r.CPU, nil
	}
	return fmt.Sprintf("exit code %d: %s", r.ExitCode, st.known(firstFailure(r.Output))), r.CPU, nil
}

var failureBegins = regexp.MustCompile(`(?m)^(?: *--- FAIL|panic: |fatal error: |WARNING: DATA RACE|# ).*`)

// failureLines is how much of a failure is quoted.
const failureLines = 20

// firstFailure is where the first failure begins in what go test says, or all of it.
func firstFailure(out []byte) string {
	if at := failureBegins.FindIndex(out); at != nil {
		out = out[at[0]:]
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return strings.Join(lines[:min(len(lines), failureLines)], "\n")
}
