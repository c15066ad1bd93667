// Package forced turns a schedule into a test that forces its order without the explorer: a
// patch that makes goroutines wait for their turns, and a test that says whose turn it is.
// What it makes is built and run before anything is claimed about it.
package forced

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/run"
	"heisenkata/grader/internal/scratch"
)

// Options say what to turn into a test.
type Options struct {
	Dir     string // to which the pattern and the trace's files are relative
	Env     []string
	Pattern string // names one package
	Tags    string
	Args    []string // for the test binary
	Subs    []string // patterns of the subtests that ran, one for each level
	Runs    int      // how often to run the test
	Test    explored.Test
	// Doing, if set, is told what is going on.
	Doing func(what string)
}

// Result is a test that forces a schedule, or why there is none.
type Result struct {
	Patch    string // a unified diff, relative to Root; empty if no test fails each time
	Root     string // the module's folder
	Command  string // runs the test, in Root
	Test     string // its name
	Bubble   bool   // it runs in a bubble of testing/synctest; else turns are told apart by time
	Failures int    // runs that end with the finding
	Told     int    // of a race: how many of them show the test's own failure as well
	Runs     int
	Problems []Problem // parts of the schedule that are not forced
	Doubts   []Problem // what may come out otherwise in each run
	Why      string    // what came of the last attempt, if Patch is empty
}

// CallError is something that the caller can change.
type CallError struct{ error }

func (e CallError) Unwrap() error { return e.error }

// maker makes one test.
type maker struct {
	Options
	scratch *scratch.Dir
	pkg     listed
	sources map[string]*source // by path; nil for one that cannot be read
	helper  string             // the name of the folder of package turns, in internal
}

// listed is what `go list` says of a package.
type listed struct {
	ImportPath, Dir, Name     string
	TestGoFiles, XTestGoFiles []string
	Module                    *struct{ Path, Dir string }
}

// Make turns a finding into a test and runs it.
func Make(ctx context.Context, o Options) (Result, error) {
	m := &maker{Options: o, sources: map[string]*source{}}
	if m.Doing == nil {
		m.Doing = func(string) {}
	}
	if err := m.list(ctx); err != nil {
		return Result{}, err
	}
	var err error
	if m.scratch, err = scratch.New(); err != nil {
		return Result{}, err
	}
	defer func() { _ = m.scratch.Remove() }() // what cannot be removed is in the temporary folder
	p := planned(o.Test, m.find)
	best := Result{Root: m.pkg.Module.Dir, Problems: p.problems}
	for _, mode := range p.modes() {
		r, err := m.try(ctx, p, mode)
		if err != nil {
			return r, err
		}
		if r.Failures > best.Failures || best.Runs == 0 {
			best = r
		}
		if r.Patch != "" {
			break
		}
	}
	return best, nil
}

// modes are the ways to tell turns apart, the best first.
func (p plan) modes() []mode {
	if p.locks {
		return []mode{byTime, inBubble}
	}
	return []mode{inBubble, byTime}
}

// goTime bounds one go command.
const goTime = 10 * time.Minute

func (m *maker) goRun(ctx context.Context, args ...string) ([]byte, error) {
	tool, err := exec.LookPath("go")
	if err != nil {
		return nil, CallError{errors.New("no Go toolchain: `go` is not on the PATH; install Go 1.25 or later from https://go.dev/dl")}
	}
	var out strings.Builder
	r, err := run.Run(ctx, run.Command{Path: tool, Args: args, Env: m.Env, Dir: m.Dir, Timeout: goTime, Stdout: &out})
	switch {
	case err != nil:
		return nil, err
	case r.ExitCode != 0:
		return nil, CallError{fmt.Errorf("`go %s` failed: %s", args[0], strings.TrimSpace(string(r.Output)+out.String()))}
	}
	return []byte(out.String()), nil
}

// list finds the package.
func (m *maker) list(ctx context.Context) error {
	args := []string{"list", "-json=ImportPath,Dir,Name,TestGoFiles,XTestGoFiles,Module"}
	if m.Tags != "" {
		args = append(args, "-tags="+m.Tags)
	}
	out, err := m.goRun(ctx, append(args, m.Pattern)...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(out, &m.pkg); err != nil || m.pkg.Module == nil {
		return CallError{fmt.Errorf("%s is not one package of a module: name one", m.Pattern)}
	}
	m.helper = "turns"
	for exists(filepath.Join(m.pkg.Module.Dir, "internal", m.helper)) {
		m.helper += "x"
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// helperPath is the import path of package turns.
func (m *maker) helperPath() string { return m.pkg.Module.Path + "/internal/" + m.helper }

// find is the statement of a step in the module.
func (m *maker) find(step explored.Step, inside bool) (*statement, ProblemKind) {
	path := filepath.FromSlash(step.File)
	if !filepath.IsAbs(path) {
		path = filepath.Join(m.Dir, path)
	}
	s := m.source(path)
	if s == nil {
		return nil, Outside
	}
	return s.at(step.Line, step.Column, inside), Deferred
}

// source reads a file; nil if it is not the module's.
func (m *maker) source(path string) *source {
	if s, ok := m.sources[path]; ok {
		return s
	}
	m.sources[path] = nil
	root, err := filepath.Abs(m.pkg.Module.Dir)
	if err != nil {
		return nil
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return nil
	}
	name, err := filepath.Rel(root, full)
	if err != nil || !filepath.IsLocal(name) {
		return nil
	}
	text, err := os.ReadFile(full)
	if err != nil {
		return nil
	}
	m.sources[path], _ = parse(filepath.ToSlash(name), text) // what does not parse was not explored
	return m.sources[path]
}

// file is a file as the patch leaves it.
type file struct {
	name    string // relative to the module's root
	text    string
	diff    string
	changes []change // to a file that was there
}

// files are what the patch changes and adds.
func (m *maker) files(p plan, mode mode) ([]file, string, error) {
	byFile := map[*source][]spot{}
	for _, at := range p.places() {
		byFile[at.source] = append(byFile[at.source], at)
	}
	for _, s := range p.starts {
		byFile[s.source] = append(byFile[s.source], spot{s, after})
	}
	var list []file
	for s, at := range byFile {
		changes := hooks(s, at, m.helperPath())
		pieces := split(s.lines, changes)
		list = append(list, file{s.name, changed(pieces), diff(s.name, pieces), changes})
	}
	slices.SortFunc(list, func(a, b file) int { return strings.Compare(a.name, b.name) })
	pkg, err := m.testPackage()
	if err != nil {
		return nil, "", err
	}
	base, err := filepath.Rel(m.pkg.Module.Dir, m.pkg.Dir)
	if err != nil {
		return nil, "", err
	}
	s := script{pkg: pkg, test: m.Test.Name, name: m.Test.Name + "InOrder", helper: m.helperPath(), plan: p, mode: mode}
	text := strings.Replace(turnsText, "package turns\n", "package "+m.helper+"\n", 1)
	for name, text := range map[string]string{
		filepath.ToSlash(filepath.Join(base, strings.ToLower(s.test)+"_inorder_test.go")): formatted(s.text()),
		"internal/" + m.helper + "/turns.go":                                              text,
	} {
		list = append(list, file{name: name, text: text, diff: added(name, text)})
	}
	slices.SortFunc(list[len(byFile):], func(a, b file) int { return strings.Compare(a.name, b.name) })
	return list, s.name, nil
}

// testPackage is the name of the package in which the test is.
func (m *maker) testPackage() (string, error) {
	for _, name := range slices.Concat(m.pkg.TestGoFiles, m.pkg.XTestGoFiles) {
		s := m.source(filepath.Join(m.pkg.Dir, name))
		if s != nil && declares(s.file, m.Test.Name) {
			return s.file.Name.Name, nil
		}
	}
	return "", CallError{fmt.Errorf("no test file of %s declares %s", m.pkg.ImportPath, m.Test.Name)}
}
