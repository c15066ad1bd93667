package explore

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"heisenkata/grader/internal/explore/instrument"
	"heisenkata/grader/internal/run"
)

// rewriting is all that has to be known to rewrite packages.
type rewriting struct {
	Packages []*listed         // those that are rewritten, in the order of dependence
	Private  []string          // import paths of those that are not, and in which goroutines do not meet unseen
	Overlay  map[string]string // where the text of files is that are not in the tree as they are to be
	Exports  map[string]string // files with what other packages export
}

// rewritten is what came of it.
type rewritten struct {
	Sites instrument.Sites
	Files []file
	Tests map[string][]string // that can be explored, by the package that they test
	Other map[string][]string // that cannot
	// Copied is where packages copy timers: instrument.Package.CopiedTimers.
	Copied []string `json:",omitempty"`
	Error  string   `json:",omitempty"`
}

// file is a file's new text.
type file struct {
	Path string
	Text []byte
}

// rewrite type-checks and rewrites the packages, in a process of its own where the
// code is not trusted: a few lines can make types that take all memory, or never end.
func (s *Session) rewrite(ctx context.Context) error {
	job := rewriting{Overlay: s.Overlay}
	for _, p := range s.packages {
		switch {
		case p.instrumented():
			job.Packages = append(job.Packages, p)
		case p.private:
			job.Private = append(job.Private, pathOf(p.ImportPath))
		}
	}
	var err error
	if job.Exports, err = s.findExports(ctx); err != nil {
		return err
	}
	do := job.do
	if s.Confine != nil {
		do = func() (rewritten, error) { return s.apart(ctx, job) }
	}
	out, err := do()
	if err != nil {
		return err
	}
	return s.take(out)
}

// take makes the new texts part of the build.
func (s *Session) take(out rewritten) error {
	s.sites, s.copied = out.Sites, out.Copied
	for _, f := range out.Files {
		if err := s.put(f.Path, f.Text); err != nil {
			return err
		}
	}
	for _, t := range s.targets {
		t.tests = append(t.tests, out.Tests[t.path]...)
		t.other = append(t.other, out.Other[t.path]...)
		s.choose(t)
	}
	return nil
}

// What a process that rewrites may take. For the exercises it takes a tenth of a
// second and 25 MB.
const (
	rewriteTime   = 30 * time.Second
	rewriteCPU    = 30 // seconds
	rewriteMemory = 256 << 20
	rewriteOutput = 64 << 20
)

// rewriteWord is the first argument of a grader that is to rewrite packages. It is not
// meant to be typed.
const rewriteWord = "rewrite!"

// apart rewrites in a process of its own, in a sandbox in which it can read what the
// packages are made of, and write nothing that matters.
func (s *Session) apart(ctx context.Context, job rewriting) (out rewritten, err error) {
	self, err := os.Executable()
	if err != nil {
		return out, err
	}
	dir, err := os.MkdirTemp(s.dir, "rewrite-")
	if err != nil {
		return out, err
	}
	text, err := json.Marshal(job)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "job"), text, 0o600)
	}
	if err != nil {
		return out, err
	}
	answer := &bounded{most: rewriteOutput}
	c := run.Command{Path: self, Args: []string{rewriteWord, filepath.Join(dir, "job")}, Dir: dir, Timeout: rewriteTime, Stdout: answer}
	s.Confine(&c, dir)
	c.Limits = run.Limits{Memory: rewriteMemory}
	if c.Sandbox != nil {
		c.Sandbox.Read, c.Sandbox.CPU, c.Sandbox.Data = []string{"/"}, rewriteCPU, 2*rewriteMemory
	}
	r, err := run.Run(ctx, c)
	if err != nil {
		return out, err
	}
	return answered(r, answer.Bytes())
}

// answered reads what a process that rewrites has written.
func answered(r run.Result, text []byte) (out rewritten, err error) {
	switch {
	case r.TimedOut:
		return out, fmt.Errorf("its types are too much: they are not read after %s", rewriteTime)
	case r.Exceeded != "":
		return out, fmt.Errorf("its types are too much: reading them takes more than its share of %s", r.Exceeded)
	}
	if err := json.Unmarshal(text, &out); err != nil {
		return out, fmt.Errorf("reading its types ended with exit code %d: %s", r.ExitCode, firstLines(string(r.Output), 3))
	}
	if out.Error != "" {
		return out, errors.New(out.Error)
	}
	return out, nil
}

// bounded keeps what is written to it, and refuses more than most bytes.
type bounded struct {
	bytes.Buffer
	most int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.most {
		return 0, errors.New("the rewritten code is too large")
	}
	return b.Buffer.Write(p)
}

// init makes this process one that rewrites, if its arguments ask for it, and then
// does not return.
func init() {
	if len(os.Args) == 3 && os.Args[1] == rewriteWord {
		os.Exit(rewriteMain(os.Args[2]))
	}
}

func rewriteMain(name string) int {
	var job rewriting
	text, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(text, &job)
	}
	var out rewritten
	if err == nil {
		out, err = job.do()
	}
	if err != nil {
		out = rewritten{Error: err.Error()}
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// findExports finds the export data of all that is imported and not instrumented, as
// files by import path. It is in the build cache, or goes there.
func (s *Session) findExports(ctx context.Context) (exports map[string]string, err error) {
	var paths []string
	for _, p := range s.packages {
		for _, path := range p.Imports {
			q := s.byPath[path]
			if p.instrumented() && path != "C" && path != "unsafe" && (q == nil || !q.instrumented()) && !slices.Contains(paths, pathOf(path)) {
				paths = append(paths, pathOf(path))
			}
		}
	}
	exports = map[string]string{}
	paths = slices.DeleteFunc(paths, func(path string) bool { return s.exported(path, exports) })
	if len(paths) == 0 {
		return exports, nil
	}
	args := slices.Concat([]string{"list", "-e", "-export", "-f", "{{.ImportPath}}\t{{.Export}}"}, s.buildFlags(), s.modFlags())
	out, err := s.goRun(ctx, s.Env, append(append(args, "--"), paths...)...)
	if err != nil {
		return nil, err
	}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		path, file, _ := strings.Cut(lines.Text(), "\t")
		exports[path] = file
	}
	return exports, nil
}

// exported takes the export data of a package from what is known, if it is there.
func (s *Session) exported(path string, exports map[string]string) bool {
	file := s.Exports[path]
	if _, err := os.Stat(file); err != nil {
		return false
	}
	exports[path] = file
	return true
}
