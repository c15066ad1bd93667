//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
)

// site is a checkout, a folder for temporary files and an environment, in which
// a grader runs while something goes wrong.
type site struct {
	tree, tmp string
	env       map[string]string
	before    map[string]string // the tree as it was
}

// The exercises of a site, and what a right grade gives them.
var rightPoints = map[string]int{"fixed": 10, "untouched": 0, "refused": 0}

func newSite(t *testing.T) *site {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	s := &site{tree: filepath.Join(dir, "tree"), tmp: filepath.Join(dir, "tmp"), env: map[string]string{}}
	require.NoError(t, os.Mkdir(s.tmp, 0o755))
	for _, name := range []string{"go.mod", "go.sum", "exercises/internal"} {
		require.NoError(t, os.MkdirAll(filepath.Join(s.tree, filepath.Dir(name)), 0o755))
		copyInto(t, filepath.Join("..", name), filepath.Join(s.tree, name))
	}
	s.exercise(t, "01-fixed", "fix/NAME.go")
	s.exercise(t, "02-untouched", "NAME.go")
	s.exercise(t, "03-refused", "refused/NAME.go")
	s.before = s.files(t)
	return s
}

func copyInto(t *testing.T, from, to string) {
	info, err := os.Stat(from)
	require.NoError(t, err)
	if info.IsDir() {
		require.NoError(t, os.CopyFS(to, os.DirFS(from)))
		return
	}
	data, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(to, data, 0o644))
}

// exercise lays out an exercise of the template, with one of its fixes in it.
func (s *site) exercise(t *testing.T, folder, fix string) {
	_, id, _ := strings.Cut(folder, "-")
	archive, err := txtar.ParseFile("testdata/faults.txtar")
	require.NoError(t, err)
	names := strings.NewReplacer("NAME", id, "FOLDER", folder, "SITE", s.tree)
	write := func(name string, data []byte) {
		path := filepath.Join(s.tree, "exercises/01-faults", folder, names.Replace(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(names.Replace(string(data))), 0o644))
	}
	for _, f := range archive.Files {
		if !strings.Contains(f.Name, "/") {
			write(f.Name, f.Data)
		}
		if f.Name == "NAME.go" {
			write("testdata/starter/NAME.go", f.Data)
		}
	}
	for _, f := range archive.Files {
		if f.Name == fix {
			write("NAME.go", f.Data)
		}
	}
}

// files are the contents of the tree, by name.
func (s *site) files(t *testing.T) map[string]string {
	found := map[string]string{}
	require.NoError(t, filepath.WalkDir(s.tree, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		found[path] = string(data)
		return err
	}))
	return found
}

// theGrader is the program that TestFaults has built.
var theGrader string

func buildGrader(t *testing.T) {
	theGrader = filepath.Join(t.TempDir(), "grader")
	out, err := exec.Command("go", "build", "-o", theGrader, ".").CombinedOutput()
	require.NoError(t, err, string(out))
}

// grading is a grader at work.
type grading struct {
	cmd    *exec.Cmd
	stderr bytes.Buffer
	file   string
	ended  chan struct{} // closed when it has
}

// graded is what came of it.
type graded struct {
	code   int // -1 if it was killed
	stderr string
	report *grade.Report // nil if it wrote none
}

// start starts a grader. It grades from another folder than its report's, so
// that the report has room when the temporary files have none.
func (s *site) start(t *testing.T, wrap ...string) *grading {
	g := &grading{file: filepath.Join(t.TempDir(), "report.json"), ended: make(chan struct{})}
	args := append(wrap, theGrader, "grade", "--kata", s.tree, "--effort", "quick", "--format", "json="+g.file)
	g.cmd = exec.Command(args[0], args[1:]...)
	g.cmd.Dir, g.cmd.Stderr = s.tree, &g.stderr
	g.cmd.Env = append(os.Environ(), "TMPDIR="+s.tmp)
	for name, value := range s.env {
		g.cmd.Env = append(g.cmd.Env, name+"="+value)
	}
	require.NoError(t, g.cmd.Start())
	go func() {
		_ = g.cmd.Wait() // the exit code says it
		close(g.ended)
	}()
	t.Cleanup(func() { _ = g.cmd.Process.Kill(); <-g.ended })
	return g
}

// result waits for the end, and reads the report.
func (g *grading) result(t *testing.T) graded {
	<-g.ended
	r := graded{code: g.cmd.ProcessState.ExitCode(), stderr: g.stderr.String()}
	if text, err := os.ReadFile(g.file); err == nil {
		require.NoError(t, json.Unmarshal(text, &r.report), "half a report")
	}
	return r
}

// isRight: all got what they deserve.
func (r graded) isRight(t *testing.T) {
	t.Helper()
	require.NotNil(t, r.report, r.stderr)
	for _, e := range r.report.Exercises {
		if assert.NotNil(t, e.Points, "%s: %s", e.ID, e.Error) {
			assert.Equal(t, rightPoints[e.ID], *e.Points, "%s: %s", e.ID, told(e))
		}
	}
	assert.Equal(t, 1, r.code, r.stderr)
}

// isRightOrError: whatever was graded got what it deserves, the rest is an error
// that says what to do, and the exercise that was graded first keeps its grade.
// It tells whether there was an error.
func (r graded) isRightOrError(t *testing.T) (failed bool) {
	t.Helper()
	return r.isRightOr(t, 3)
}

// isRightOr is isRightOrError with the exit code of an error.
func (r graded) isRightOr(t *testing.T, code int) (failed bool) {
	t.Helper()
	if r.report == nil {
		assert.Equal(t, code, r.code, r.stderr)
		assert.Regexp(t, nextStep, r.stderr)
		return true
	}
	for _, e := range r.report.Exercises {
		if e.Points != nil {
			assert.Equal(t, rightPoints[e.ID], *e.Points, "%s: %s", e.ID, told(e))
			assert.NotEqual(t, evidence.Error, e.Verdict)
			continue
		}
		failed = true
		assert.Equal(t, evidence.Error, e.Verdict)
		assert.Regexp(t, nextStep, e.Error, e.ID)
		assert.NotEqual(t, "refused", e.ID, e.Error)
	}
	if failed {
		assert.Equal(t, code, r.code, r.stderr)
		assert.Positive(t, r.report.Ungraded)
		return true
	}
	r.isRight(t)
	return false
}

// nextStep is found in every error that says what to do.
const nextStep = `(?i)grade (them |it |once more|again)|free some space|TMPDIR|GOCACHE|install|grade again`

// told is all that a grade says, for a message.
func told(e grade.Exercise) string {
	text, _ := json.Marshal(e) // it was JSON before
	return string(text)
}

// isClean: no process, no temporary file, and the tree as it was.
func (s *site) isClean(t *testing.T) {
	t.Helper()
	assert.Eventually(t, func() bool { return len(s.processes()) == 0 }, forever, poll, "processes are left")
	entries, err := os.ReadDir(s.tmp)
	require.NoError(t, err)
	for _, e := range entries {
		assert.Fail(t, "left in the folder for temporary files", e.Name())
	}
	after := s.files(t)
	delete(after, filepath.Join(s.tree, ".heisenkata-progress"))
	assert.Equal(t, s.before, after)
}
