// Package profile measures how often a test fails on its own, run as go test runs it: with
// few processors and many, with the race detector, with a log line, with pauses, under
// load, and together with the package's other tests. Next to that it puts what exploring its
// schedules finds.
package profile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/run"
	"heisenkata/grader/internal/scratch"
)

// Schema names the format of the JSON report.
const Schema = "heisenkata/profile/v1"

// Report is how often one test failed, by how it was run.
type Report struct {
	Schema  string  `json:"schema"`
	Package string  `json:"package"` // import path
	Test    string  `json:"test"`
	Rows    []Row   `json:"rows"`
	Seconds float64 `json:"seconds"` // that it took
	// Explored is what exploring the test has come to; null if it was not explored.
	Explored *explored.Test `json:"explored,omitempty"`
}

// Row is one way to run the test.
type Row struct {
	Name  string `json:"name"`
	Doc   string `json:"doc"`
	Cells []Cell `json:"cells"` // by number of processors
}

// Cell counts runs, each in a process of its own.
type Cell struct {
	Processors int `json:"processors"` // GOMAXPROCS
	Runs       int `json:"runs"`
	Failures   int `json:"failures"`
	// Low and High bound the rate of failure with 95 % confidence (Wilson's interval).
	Low  float64 `json:"low"`
	High float64 `json:"high"`

	spent time.Duration
}

// CallError is something that the caller can change: a package that does not build, or a
// test that is not there.
type CallError struct{ error }

func (e CallError) Unwrap() error { return e.error }

// Processors are the columns.
var Processors = []int{1, 2, 4, 16}

// Options say what to profile, and how long.
type Options struct {
	Dir     string   // where the pattern is relative to
	Env     []string // of the go command and of the tests
	Pattern string   // names one package
	Test    string   // its name; "" for the first scenario, or the only test
	Runs    int      // at most, in each cell
	Budget  time.Duration
	Busy    []string // a command that keeps one processor busy
	Cores   int      // how many there are to keep busy
	// Doing, if set, is told what is going on.
	Doing func(what string)
}

// profiler is one profile on its way.
type profiler struct {
	Options
	pkg      listed
	scratch  *scratch.Dir
	binaries map[string]string // by how they were built
	end      time.Time         // of its budget
}

// listed is what `go list` says of a package.
type listed struct {
	ImportPath, Dir string
	GoFiles         []string
	TestGoFiles     []string
	XTestGoFiles    []string
}

// Run profiles a test. What was measured before ctx ended is in the report.
func Run(ctx context.Context, o Options) (Report, error) {
	p := &profiler{Options: o, binaries: map[string]string{}}
	if p.Doing == nil {
		p.Doing = func(string) {}
	}
	r := Report{Schema: Schema}
	if err := p.list(ctx); err != nil {
		return r, err
	}
	var err error
	if p.scratch, err = scratch.New(); err != nil {
		return r, err
	}
	defer func() { _ = p.scratch.Remove() }() // what cannot be removed is in the temporary folder
	if r.Test, err = p.test(ctx); err != nil {
		return r, err
	}
	p.Test, r.Package = r.Test, p.pkg.ImportPath
	for _, l := range looks {
		if err := p.build(ctx, l); err != nil {
			return r, err
		}
	}
	began := time.Now()
	r.Rows, err = p.measure(ctx)
	r.Seconds = time.Since(began).Seconds()
	return r, err
}

// list finds the package.
func (p *profiler) list(ctx context.Context) error {
	out, err := p.goRun(ctx, "list", "-json=ImportPath,Dir,GoFiles,TestGoFiles,XTestGoFiles", p.Pattern)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(out, &p.pkg); err != nil {
		return CallError{fmt.Errorf("%s is not one package: name one", p.Pattern)}
	}
	return nil
}

// goTime bounds one go command.
const goTime = 10 * time.Minute

func (p *profiler) goRun(ctx context.Context, args ...string) ([]byte, error) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		return nil, CallError{errors.New("no Go toolchain: `go` is not on the PATH; install Go 1.26 or later from https://go.dev/dl")}
	}
	var out strings.Builder
	r, err := run.Run(ctx, run.Command{Path: goTool, Args: args, Env: p.Env, Dir: p.Dir, Timeout: goTime, Stdout: &out})
	switch {
	case err != nil:
		return nil, err
	case r.ExitCode != 0:
		return nil, CallError{fmt.Errorf("`go %s` failed: %s", args[0], strings.TrimSpace(string(r.Output)+out.String()))}
	}
	return []byte(out.String()), nil
}

// build makes the binary that a look runs, unless there is one.
func (p *profiler) build(ctx context.Context, l look) error {
	if p.binaries[l.build()] != "" {
		return nil
	}
	p.Doing("building: " + l.name)
	binary := filepath.Join(p.scratch.Path, fmt.Sprintf("%d.test", len(p.binaries)))
	args := []string{"test", "-c", "-vet=off", "-o", binary}
	if l.race {
		args = append(args, "-race")
	}
	if l.change != nil {
		overlay, err := p.overlay(l)
		if err != nil {
			return err
		}
		args = append(args, "-overlay="+overlay)
	}
	if _, err := p.goRun(ctx, append(args, p.Pattern)...); err != nil {
		return err
	}
	if _, err := os.Stat(binary); err != nil {
		return CallError{fmt.Errorf("%s has no tests", p.pkg.ImportPath)}
	}
	p.binaries[l.build()] = binary
	return nil
}

// overlay writes the package's files as a look changes them, and tells the go command
// where they are.
func (p *profiler) overlay(l look) (string, error) {
	replace := map[string]string{}
	for i, name := range p.pkg.GoFiles {
		source, err := os.ReadFile(filepath.Join(p.pkg.Dir, name))
		if err != nil {
			return "", err
		}
		changed, err := l.change(source)
		if err != nil {
			return "", err
		}
		file := filepath.Join(p.scratch.Path, fmt.Sprintf("%s-%d.go", l.build(), i))
		if err := os.WriteFile(file, changed, 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(p.pkg.Dir, name)] = file
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	file := filepath.Join(p.scratch.Path, l.build()+".json")
	return file, os.WriteFile(file, text, 0o600)
}

// test is the name of the test to profile.
func (p *profiler) test(ctx context.Context) (string, error) {
	if err := p.build(ctx, looks[0]); err != nil {
		return "", err
	}
	r, err := run.Run(ctx, run.Command{Path: p.binaries[looks[0].build()], Args: []string{"-test.list=^Test"}, Env: p.Env, Dir: p.pkg.Dir, Timeout: time.Minute})
	if err != nil {
		return "", err
	}
	name, err := explored.Choose(regexp.MustCompile(`(?m)^Test\w*$`).FindAllString(string(r.Output), -1), p.Test)
	if err != nil {
		return "", CallError{err}
	}
	return name, nil
}
