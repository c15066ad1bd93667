package explore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"heisenkata/grader/internal/explored"
)

// compile builds the test binaries. Packages whose binaries would have the same
// name are built one after the other.
func (s *Session) compile(ctx context.Context) error {
	for _, t := range s.targets {
		if t.reason == "" {
			if err := s.driver(t); err != nil {
				return err
			}
		}
	}
	if err := s.putOverlay(); err != nil {
		return err
	}
	for i, group := range s.groups() {
		if err := s.compileGroup(ctx, group, filepath.Join(s.dir, "bin", fmt.Sprint(i))); err != nil {
			return err
		}
	}
	return nil
}

// driver adds the driver to a package's external test package, where no name of the
// package itself is in its way, or to its own if there is no other.
func (s *Session) driver(t *target) error {
	p := s.byPath[t.path]
	name := p.Name
	if len(p.XTestGoFiles) > 0 {
		name += "_test"
	}
	return s.putDriver(p, name)
}

// groups divides the packages so that no two of a group have the same name.
func (s *Session) groups() (groups [][]*target) {
	for _, t := range s.targets {
		if t.reason != "" || len(t.chosen) == 0 {
			continue
		}
		placed := false
		for i := range groups {
			if !placed && !holds(groups[i], t) {
				groups[i] = append(groups[i], t)
				placed = true
			}
		}
		if !placed {
			groups = append(groups, []*target{t})
		}
	}
	return groups
}

func holds(group []*target, t *target) bool {
	for _, other := range group {
		if binaryName(other.path) == binaryName(t.path) {
			return true
		}
	}
	return false
}

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

// binaryName is what the go command names a package's binary: the last part of
// its path that is not a major version.
func binaryName(importPath string) string {
	dir, base := path.Split(importPath)
	if majorVersion.MatchString(base) && dir != "" && base != "v0" && base != "v1" {
		return path.Base(dir)
	}
	return base
}

// choose sets which tests of a package are explored.
func (s *Session) choose(t *target) {
	if s.Test != "" {
		name, err := explored.Choose(t.tests, s.Test)
		if err != nil && t.reason == "" {
			t.reason = err.Error()
		}
		t.chosen = []string{name}
		return
	}
	for _, name := range t.tests {
		if s.Run == nil || s.Run.MatchString(name) {
			t.chosen = append(t.chosen, name)
		}
	}
}

func (s *Session) compileGroup(ctx context.Context, group []*target, out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	args := append([]string{"test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay=" + s.overlayFile(), "-o", out + string(filepath.Separator)}, s.buildFlags()...)
	args = append(args, s.modFlags()...)
	for _, t := range group {
		args = append(args, t.path)
	}
	_, err := s.goRun(ctx, s.buildEnv(), args...)
	var failed *goError
	if err != nil && !errors.As(err, &failed) {
		return err
	}
	if failed != nil && s.networkFails(failed.output) {
		s.dropNetwork()
		return s.compile(ctx)
	}
	var unbuilt []*target
	for _, t := range group {
		if t.binary = s.binaryIn(out, t); t.binary == "" {
			t.broken, t.reason = true, "the package does not build as the explorer rewrites it"
			unbuilt = append(unbuilt, t)
		} else if err := nameTests(t.binary); err != nil {
			return err
		}
	}
	if failed != nil && len(unbuilt) > 0 {
		return s.whyUnbuilt(ctx, unbuilt, failed)
	}
	return nil
}

// binaryIn is a package's binary in a folder, or "".
func (s *Session) binaryIn(folder string, t *target) string {
	name := filepath.Join(folder, binaryName(t.path)+".test")
	if s.env["GOOS"] == "windows" {
		name += ".exe"
	}
	if _, err := os.Stat(name); err != nil {
		return ""
	}
	return name
}

// whyUnbuilt sets why packages do not build: in the words of a build without the explorer,
// if that fails, too. Those name columns, and what go.mod says of Go's version.
func (s *Session) whyUnbuilt(ctx context.Context, group []*target, failed *goError) error {
	out := filepath.Join(s.dir, "plain")
	alone, err := s.buildPlainly(ctx, group, out)
	if err != nil {
		return err
	}
	for _, t := range group {
		if alone != nil && s.binaryIn(out, t) == "" {
			t.reason = "the package does not build: " + alone.about(t.path)
		} else {
			t.reason += ": " + declared.ReplaceAllString(failed.about(t.path), "")
		}
	}
	return os.RemoveAll(out)
}

// declared is what the compiler says of a build constraint, which rewriting has added.
var declared = regexp.MustCompile(` \(file declares //go:build [^)\n]*\)`)

// buildPlainly builds packages without the explorer, and returns what the go command
// complains about. Nothing but ours can be built where the vendor folder has been changed.
func (s *Session) buildPlainly(ctx context.Context, group []*target, out string) (*goError, error) {
	if s.Own || len(s.Overlay) > 0 {
		return nil, nil
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, err
	}
	args := append([]string{"test", "-c", "-vet=off", "-o", out + string(filepath.Separator)}, s.buildFlags()...)
	for _, t := range group {
		args = append(args, t.path)
	}
	_, err := s.goRun(ctx, s.Env, args...)
	var failed *goError
	if err != nil && !errors.As(err, &failed) {
		return nil, err
	}
	return failed, nil
}

// modFlags name the go.mod of our own, if there is one.
func (s *Session) modFlags() []string {
	if s.goMod == "" {
		return nil
	}
	return []string{"-modfile=" + s.goMod}
}

// buildEnv is the caller's environment, in our workspace if there is one.
func (s *Session) buildEnv() []string {
	env, work := append([]string(nil), s.Env...), s.workspace()
	if s.goMod != "" {
		work = "off"
	}
	return append(env, "GOWORK="+work, "GOFLAGS="+withoutMod(s.env["GOFLAGS"]), "PWD="+s.Dir)
}

// withoutMod drops -mod and -modfile, which a workspace does not take.
func withoutMod(flags string) string {
	var kept []string
	for _, f := range strings.Fields(flags) {
		if !strings.HasPrefix(strings.TrimLeft(f, "-"), "mod") && !strings.HasPrefix(strings.TrimLeft(f, "-"), "race") {
			kept = append(kept, f)
		}
	}
	return strings.Join(kept, " ")
}

var aboutPackage = regexp.MustCompile(`(?m)^# (\S+)(?: \[\S+\])?$`)

// about is what the go command said of one package, or all it said.
func (e *goError) about(pkg string) string {
	var parts []string
	marks := aboutPackage.FindAllStringSubmatchIndex(e.output, -1)
	for i, m := range marks {
		end := len(e.output)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		if name := e.output[m[2]:m[3]]; name == pkg || name == pkg+"_test" || name == pkg+".test" {
			parts = append(parts, strings.TrimSpace(e.output[m[1]:end]))
		}
	}
	if parts == nil {
		parts = []string{strings.TrimSpace(e.output)}
	}
	return firstLines(strings.Join(parts, "\n"), 10)
}

func firstLines(text string, n int) string {
	lines := strings.SplitN(text, "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "\n")
}
