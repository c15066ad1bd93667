package forced

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/format"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/run"
)

func declares(file *ast.File, test string) bool {
	return slices.ContainsFunc(file.Decls, func(d ast.Decl) bool {
		f, ok := d.(*ast.FuncDecl)
		return ok && f.Recv == nil && f.Name.Name == test
	})
}

func formatted(text string) string {
	out, err := format.Source([]byte(text))
	if err != nil { // it would not compile either
		return text
	}
	return string(out)
}

// try makes a test, builds it and runs it.
func (m *maker) try(ctx context.Context, p plan, mode mode) (Result, error) {
	files, name, err := m.files(p, mode)
	if err != nil {
		return Result{}, err
	}
	r := Result{Root: m.pkg.Module.Dir, Test: name, Bubble: bool(mode), Problems: p.problems, Doubts: p.doubts, Runs: m.Runs, Command: m.command(name)}
	m.Doing("building a test")
	binary, err := m.build(ctx, files, mode)
	if err != nil {
		return r, err
	}
	m.Doing("running the test")
	outputs, err := m.runs(ctx, binary, name)
	if err != nil {
		return r, err
	}
	for _, out := range outputs {
		if m.shows(out, files) {
			r.Failures++
			if m.Test.Verdict == explored.Race && m.failsAt(out, files) {
				r.Told++
			}
		} else {
			r.Why = out
		}
	}
	if r.Failures == r.Runs {
		for _, f := range files {
			r.Patch += f.diff
		}
	}
	return r, nil
}

// build builds the package's tests with the patch, of which nothing is written into the
// module.
func (m *maker) build(ctx context.Context, files []file, mode mode) (string, error) {
	replace := map[string]string{}
	for i, f := range files {
		to := filepath.Join(m.scratch.Path, fmt.Sprintf("%d-%t.go", i, mode))
		if err := os.WriteFile(to, []byte(f.text), 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(m.pkg.Module.Dir, filepath.FromSlash(f.name))] = to
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(m.scratch.Path, "overlay.json")
	if err := os.WriteFile(overlay, text, 0o600); err != nil {
		return "", err
	}
	binary := filepath.Join(m.scratch.Path, fmt.Sprintf("%t.test", mode))
	args := append([]string{"test", "-c", "-vet=off", "-overlay=" + overlay, "-o", binary}, m.flags()...)
	_, err = m.goRun(ctx, append(args, m.Pattern)...)
	return binary, err
}

// flags are those of the go command with which the test is built.
func (m *maker) flags() (flags []string) {
	if m.Test.Verdict == explored.Race {
		flags = append(flags, "-race")
	}
	if m.Tags != "" {
		flags = append(flags, "-tags="+m.Tags)
	}
	return flags
}

// pattern selects the test, and its subtests.
func (m *maker) pattern(name string) string {
	return strings.Join(append([]string{"^" + name + "$"}, m.Subs...), "/")
}

// command runs the test in the module's root.
func (m *maker) command(name string) string {
	base, err := filepath.Rel(m.pkg.Module.Dir, m.pkg.Dir)
	if err != nil {
		base = m.pkg.Dir
	}
	pattern := m.pattern(name)
	if len(m.Subs) == 0 {
		pattern = name
	}
	words := append(append([]string{"go", "test"}, m.flags()...), "-run", pattern, "./"+filepath.ToSlash(base))
	return strings.Join(append(words, m.Args...), " ")
}

// runTime bounds one run. Before that, the test says itself that it is stuck.
const runTime = 30 * time.Second

// runs runs the test several times, each in a process of its own, and returns what they
// print. Those that take long are mostly asleep.
func (m *maker) runs(ctx context.Context, binary, name string) ([]string, error) {
	outputs := make([]string, m.Runs)
	var group errgroup.Group
	group.SetLimit(1)
	if slices.Contains([]explored.Verdict{explored.Deadlock, explored.Leak}, m.Test.Verdict) {
		group.SetLimit(m.Runs)
	}
	for i := range outputs {
		group.Go(func() error {
			c := run.Command{Path: binary, Args: append([]string{"-test.v", "-test.run=" + m.pattern(name), "-test.paniconexit0"}, m.Args...), Env: m.Env, Dir: m.pkg.Dir, Timeout: runTime, Quit: true}
			r, err := run.Run(ctx, c)
			if r.ExitCode != 0 {
				outputs[i] = "exit\n"
			}
			outputs[i] += string(r.Output)
			return err
		})
	}
	return outputs, group.Wait()
}

var stuck = regexp.MustCompile(`panic: the test is stuck in this order|all goroutines (in bubble )?are (asleep|blocked)|blocked goroutines remain`)

// shows reports whether a run fails with the finding, and not with something else.
func (m *maker) shows(out string, files []file) bool {
	if !strings.HasPrefix(out, "exit\n") {
		return false
	}
	isStuck := stuck.MatchString(out)
	switch m.Test.Verdict {
	case explored.Race:
		return strings.Contains(out, "WARNING: DATA RACE") && !slices.ContainsFunc(m.Test.Races, func(a explored.Access) bool {
			return !mentions(out, files, a.File, a.Line)
		})
	case explored.Deadlock:
		return isStuck
	case explored.Leak:
		return isStuck || strings.Contains(out, "found unexpected goroutines")
	case explored.Panic:
		return !isStuck && regexp.MustCompile(`(?m)^(panic|fatal error): `).MatchString(out)
	}
	return !isStuck && (m.Test.FailedAt == nil && strings.Contains(out, "--- FAIL: ") || m.failsAt(out, files))
}

// failsAt reports whether the test fails at the place where it does under the schedule.
func (m *maker) failsAt(out string, files []file) bool {
	at := m.Test.FailedAt
	return at != nil && strings.Contains(out, "--- FAIL: ") && mentions(out, files, at.File, at.Line)
}

// mentions reports whether a run's output names a line, as the patch has numbered it. A
// line that is divided has become several.
func mentions(out string, files []file, name string, line int) bool {
	base := path.Base(filepath.ToSlash(name))
	for n := moved(files, base, line); n < moved(files, base, line+1); n++ {
		if regexp.MustCompile(regexp.QuoteMeta(base) + fmt.Sprintf(`:%d\b`, n)).MatchString(out) {
			return true
		}
	}
	return false
}

// moved is the number of a line of a file in the patched file.
func moved(files []file, base string, line int) int {
	to := line
	for _, f := range files {
		if path.Base(f.name) != base {
			continue
		}
		for _, c := range f.changes {
			if c.line < line || c.line == line && c.column == 0 {
				to += strings.Count(c.insert, "\n")
			}
		}
	}
	return to
}
