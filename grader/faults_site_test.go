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

// site is a checkout, a folder for temporary files and an environment, in which a
// grader runs while something fails.
type site struct {
	tree, tmp string
	env       map[string]string
	before    map[string]string // the tree before the grader ran
}

// The exercises of a site, with the points that a right grading gives them.
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

// exercise adds an exercise to the site, with one of its fixes.
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

// files returns the contents of the tree, by name.
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

// theGrader is the program built by TestFaults.
var theGrader string

func buildGrader(t *testing.T) {
	theGrader = filepath.Join(t.TempDir(), "grader")
	out, err := exec.Command("go", "build", "-o", theGrader, ".").CombinedOutput()
	require.NoError(t, err, string(out))
}

// grading is a running grader.
type grading struct {
	cmd    *exec.Cmd
	stderr bytes.Buffer
	file   string
	ended  chan struct{} // closed when it has ended
}

// graded is the result of a grading.
type graded struct {
	code   int // -1 if it was killed
	stderr string
	report *grade.Report // nil if it wrote none
}

// start starts a grader. Its working directory is not where the report goes, so that
// there is room for the report when there is none for temporary files.
func (s *site) start(t *testing.T, wrap ...string) *grading {
	g := &grading{file: filepath.Join(t.TempDir(), "report.json"), ended: make(chan struct{})}
	args := append(wrap, theGrader, "grade", "--again", "--kata", s.tree, "--effort", "quick", "--format", "json="+g.file)
	g.cmd = exec.Command(args[0], args[1:]...)
	g.cmd.Dir, g.cmd.Stderr = s.tree, &g.stderr
	g.cmd.Env = append(os.Environ(), "TMPDIR="+s.tmp)
	for name, value := range s.env {
		g.cmd.Env = append(g.cmd.Env, name+"="+value)
	}
	require.NoError(t, g.cmd.Start())
	go func() {
		_ = g.cmd.Wait() // the exit code tells
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

// isRight checks that all exercises have the right points.
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

// isRightOrError checks that everything that was graded has the right points, that the
// rest is an error that says what to do, and that the exercise graded first keeps its
// grade. It reports whether there was an error.
func (r graded) isRightOrError(t *testing.T) (failed bool) {
	t.Helper()
	return r.isRightOr(t, 3)
}

// isRightOr is isRightOrError with the exit code for an error.
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

// nextStep matches every error that says what to do.
const nextStep = `(?i)grade (them |it |once more|again)|free some space|TMPDIR|GOCACHE|install|grade again`

// told is everything that a grade says, for use in a message.
func told(e grade.Exercise) string {
	text, _ := json.Marshal(e) // it was parsed from JSON
	return string(text)
}

// isClean checks that no process or temporary file is left, and that the tree is unchanged.
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
