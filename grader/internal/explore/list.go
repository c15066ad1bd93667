package explore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"heisenkata/grader/internal/explored"
)

// listed is a package as `go list` tells of it.
type listed struct {
	ImportPath   string
	Dir          string
	Name         string
	Export       string
	ForTest      string
	Standard     bool
	DepOnly      bool
	Module       *module
	GoFiles      []string
	CgoFiles     []string
	TestGoFiles  []string
	XTestGoFiles []string
	Imports      []string
	ImportMap    map[string]string
	Error        *struct{ Err string }
	DepsErrors   []*struct{ Err string }

	native  bool // it asks to be left as it is
	private bool // likewise, and goroutines do not meet in it unseen
	crossed bool // it takes part, by its types or its goroutines, and so is rewritten
}

type module struct {
	Path      string
	Dir       string
	GoVersion string
	Main      bool
	Replace   *module
}

const listFields = "ImportPath,Dir,Name,ForTest,Standard,DepOnly,Module,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,Imports,ImportMap,Error,DepsErrors"

// list asks which packages there are, and what they depend on.
func (s *Session) list(ctx context.Context) error {
	if !s.inModule() {
		return ErrNoModule
	}
	args := append([]string{"list", "-e", "-deps", "-test", "-json=" + listFields}, s.buildFlags()...)
	if len(s.Overlay) > 0 {
		if err := s.putOverlay(); err != nil {
			return err
		}
		args = append(args, "-overlay="+s.overlayFile())
	}
	out, err := s.goRun(ctx, s.Env, append(append(args, "--"), s.Patterns...)...)
	if err != nil {
		return errors.Join(ErrNoPackage, err)
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p := &listed{}
		if err := d.Decode(p); err == io.EOF {
			break
		} else if err != nil {
			return fmt.Errorf("`go list` answered something else: %w", err)
		}
		p.private = p.DepOnly && p.Module != nil && p.Module.Main && p.says(privateDirective)
		p.native = p.private || p.DepOnly && p.Module != nil && p.Module.Main && p.says(nativeDirective)
		s.packages = append(s.packages, p)
		s.byPath[p.ImportPath] = p
		if !p.DepOnly && p.ForTest == "" && !strings.HasSuffix(p.ImportPath, ".test") {
			s.targets = append(s.targets, newTarget(p))
		}
	}
	for _, path := range s.Rewrite {
		if p := s.dependency(path); p != nil {
			p.crossed = true
		}
	}
	s.cross()
	s.crossStarters()
	if len(s.targets) == 0 {
		return fmt.Errorf("%w: no package matches %s", ErrNoPackage, strings.Join(s.Patterns, " "))
	}
	return nil
}

func newTarget(p *listed) *target {
	t := &target{path: p.ImportPath, dir: p.Dir, plain: &plain{}}
	switch {
	case p.Error != nil:
		t.reason, t.broken = strings.TrimSpace(p.Error.Err), true
	case len(p.DepsErrors) > 0:
		t.reason, t.broken = strings.TrimSpace(p.DepsErrors[0].Err), true
	case p.Module == nil:
		t.reason, t.broken = "it is in no module; run `go mod init` first", true
	case len(p.TestGoFiles)+len(p.XTestGoFiles) == 0:
		t.reason = explored.NoTests
	case len(p.CgoFiles) > 0:
		t.reason = "it uses cgo, which no controller sees into"
	}
	return t
}

// libraries are modules that are instrumented along with the code that uses
// them, since they start goroutines or hold locks for it.
var libraries = []string{"golang.org/x/sync"}

// instrumented reports whether a package is rewritten: those of the main modules,
// those that a main module replaces by a folder, a few libraries, and what takes
// or gives types that are replaced.
func (p *listed) instrumented() bool {
	m := p.Module
	if p.Standard || m == nil || p.native || len(p.CgoFiles) > 0 || strings.HasSuffix(p.ImportPath, ".test") || len(p.GoFiles) == 0 {
		return false
	}
	local := m.Replace != nil && m.Replace.GoVersion != "" && (strings.HasPrefix(m.Replace.Path, ".") || strings.HasPrefix(m.Replace.Path, "/"))
	return m.Main || local || p.crossed || slices.Contains(libraries, m.Path)
}

// nativeDirective stands in a package of the main module that is not to be
// rewritten: one that watches the code under test and is no part of it. It is for
// packages that are imported, and has no effect in one that is explored. With
// privateDirective it says, too, that goroutines share nothing in it but what they pass to
// it, so that what uses it can be proven: it may be a package such as strings.
const (
	nativeDirective  = "//explore:native"
	privateDirective = "//explore:native private"
)

func (p *listed) says(directive string) bool {
	return slices.ContainsFunc(p.GoFiles, func(name string) bool {
		text, err := os.ReadFile(filepath.Join(p.Dir, name))
		return err == nil && slices.Contains(strings.Split(string(text), "\n"), directive)
	})
}

// lang is a package's language version.
func (p *listed) lang() string {
	if p.Module == nil || p.Module.GoVersion == "" {
		return "go1.16"
	}
	return "go" + p.Module.GoVersion
}

// pathOf is the import path without the test that a variant is built for.
func pathOf(importPath string) string {
	path, _, _ := strings.Cut(importPath, " ")
	return path
}
