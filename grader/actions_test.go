//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// step is a step of a workflow or of a composite action.
type step struct {
	Name string            `yaml:"name"`
	Uses string            `yaml:"uses"`
	Run  string            `yaml:"run"`
	Env  map[string]string `yaml:"env"`
}

type action struct {
	Inputs map[string]struct {
		Default string `yaml:"default"`
	} `yaml:"inputs"`
	Outputs map[string]struct {
		Value string `yaml:"value"`
	} `yaml:"outputs"`
	Runs struct {
		Steps []step `yaml:"steps"`
	} `yaml:"runs"`
}

type workflow struct {
	Permissions map[string]string `yaml:"permissions"`
	Jobs        map[string]struct {
		If    string `yaml:"if"`
		Steps []step `yaml:"steps"`
	} `yaml:"jobs"`
}

func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", ".github", name))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, into))
}

// runner plays GitHub's runner: it gives a step's script the files and
// variables that a runner gives it.
type runner struct {
	t         *testing.T
	dir       string // of the runner: temporary files, outputs, summaries
	workspace string
	values    map[string]string // what ${{ … }} stands for
	env       []string          // of the machine
}

var expression = regexp.MustCompile(`\$\{\{ *([^}]+?) *\}\}`)

func (r *runner) expand(text string) string {
	return expression.ReplaceAllStringFunc(text, func(e string) string {
		key := expression.FindStringSubmatch(e)[1]
		value, ok := r.values[key]
		require.True(r.t, ok, "the runner knows no %s", key)
		return value
	})
}

func (r *runner) file(name string) string { return filepath.Join(r.dir, name) }

func (r *runner) text(name string) string {
	text, err := os.ReadFile(r.file(name))
	require.NoError(r.t, err)
	return string(text)
}

// run runs a step's script as `shell: bash` does.
func (r *runner) run(s step) (output string, ok bool) {
	r.t.Helper()
	require.NotContains(r.t, s.Run, "${{", "a script that quotes an expression can be injected into: hand it over in env")
	script := r.file("step.sh")
	require.NoError(r.t, os.WriteFile(script, []byte(s.Run), 0o644))
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", script)
	cmd.Dir = r.workspace
	cmd.Env = append(slices.Clone(r.env), "CI=true", "GITHUB_ACTIONS=true", "GITHUB_WORKSPACE="+r.workspace, "RUNNER_TEMP="+r.file("temp"),
		"GITHUB_STEP_SUMMARY="+r.file("summary"), "GITHUB_OUTPUT="+r.file("output"))
	for name, value := range s.Env {
		cmd.Env = append(cmd.Env, name+"="+r.expand(value))
	}
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

// clone copies what belongs to the project into a new-folder, as a checkout has it.
func clone(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "heisenkata")
	list := exec.Command("git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	names, err := list.Output()
	require.NoError(t, err)
	for name := range strings.SplitSeq(strings.TrimSuffix(string(names), "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // deleted and not committed yet
		}
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o644))
	}
	return dir
}

func newRunner(t *testing.T, workspace, actionCheckout string, a action) *runner {
	r := &runner{t: t, dir: t.TempDir(), workspace: workspace, env: os.Environ(), values: map[string]string{
		"github.workspace":   workspace,
		"github.action_path": filepath.Join(actionCheckout, ".github/actions/grade"),
	}}
	for name, input := range a.Inputs {
		r.values["inputs."+name] = r.expand(input.Default)
	}
	require.NoError(t, os.Mkdir(r.file("temp"), 0o755))
	return r
}

// The action, step by step as a runner would that has run nothing before: on the
// starter it fails and says why, on the model fix it passes. The workspace's own
// tests do not count.
func TestAction(t *testing.T) {
	var a action
	readYAML(t, "actions/grade/action.yml", &a)
	official, theirs := clone(t), clone(t)
	r := newRunner(t, theirs, official, a)
	r.env = bareMachine(t)
	r.values["inputs.exercises"], r.values["inputs.effort"] = "hit-counter", "quick"
	dir := filepath.Join(theirs, "exercises/01-shared-state/01-hit-counter")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "hitcounter_test.go"), []byte("package hitcounter_test\n"), 0o644))

	build, grade := a.Runs.Steps[1], a.Runs.Steps[2]
	require.Equal(t, "Build the grader", build.Name)
	require.Equal(t, "Grade", grade.Name)
	out, ok := r.run(build)
	require.True(t, ok, out)

	out, ok = r.run(grade)
	assert.False(t, ok, "a starter must fail the job")
	assert.Contains(t, out, "::stop-commands::")
	assert.Regexp(t, `(?m)^::error file=exercises/01-shared-state/01-hit-counter/hitcounter\.go,line=\d+,title=hit-counter%3A (data race|wrong result)::\S`, out)
	assert.Contains(t, r.text("summary"), "| ❌ | hit-counter | 0/10 | data race |")
	assert.Equal(t, "points=0\nmax-points=10\nungraded=0\npassed=false\n", r.text("output"))
	assert.Contains(t, r.text("temp/heisenkata/report.json"), `"self_assessment": false`)
	assert.Contains(t, r.text("temp/heisenkata/report.xml"), "<testsuites")

	fix, err := os.ReadFile(filepath.Join(official, "solutions/01-shared-state/01-hit-counter/hitcounter.go"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "hitcounter.go"), fix, 0o644))
	require.NoError(t, os.Remove(r.file("output")))
	out, ok = r.run(grade)
	assert.True(t, ok, out)
	assert.Contains(t, r.text("summary"), "| ✅ | hit-counter | 10/10 | pass |")
	assert.Equal(t, "points=10\nmax-points=10\nungraded=0\npassed=true\n", r.text("output"))

	for name, output := range a.Outputs {
		assert.Equal(t, "${{ steps.grade.outputs."+name+" }}", output.Value)
	}

	r.values["inputs.require-sandbox"] = "true"
	r.env = append(r.env, "TMPDIR="+filepath.Join(r.dir, "nowhere")) // so that the sandbox cannot be tried
	out, ok = r.run(grade)
	assert.False(t, ok)
	assert.Contains(t, out, "--require-sandbox asks for full")
}

// What needs no machine that has run nothing before takes the grader from this checkout, which
// is compiled already.
func TestActionsOfThisCheckout(t *testing.T) {
	checkout, err := filepath.Abs("..")
	require.NoError(t, err)
	t.Run("inputs are data", func(t *testing.T) { testActionInputsAreData(t, checkout) })
	t.Run("explore", func(t *testing.T) { testExploreAction(t, checkout) })
}

// An input cannot smuggle a command into a script.
func testActionInputsAreData(t *testing.T, checkout string) {
	var a action
	readYAML(t, "actions/grade/action.yml", &a)
	here := clone(t)
	r := newRunner(t, here, checkout, a)
	r.values["inputs.exercises"] = "$(touch pwned) ; touch pwned"
	out, ok := r.run(a.Runs.Steps[1])
	require.True(t, ok, out)
	out, ok = r.run(a.Runs.Steps[2])
	assert.False(t, ok)
	assert.Contains(t, out, "there is no exercise")
	assert.NoFileExists(t, filepath.Join(here, "pwned"))
}

// shop is a module with a bug that schedules find in one of its packages.
func shop(t *testing.T) (dir, base string) {
	t.Helper()
	dir = t.TempDir()
	git := func(args ...string) string {
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=x", "-c", "user.email=x@example.com"}, args...)...)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return strings.TrimSpace(string(out))
	}
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	git("init", "-q")
	write("go.mod", "module example.com/shop\n\ngo 1.24\n")
	write("old/old_test.go", "package old\n\nimport \"testing\"\n\nfunc TestOld(t *testing.T) { t.Error(\"not touched\") }\n")
	write("gone/gone.go", "package gone\n")
	git("add", ".")
	git("commit", "-qm", "base")
	base = git("rev-parse", "HEAD")
	write("new-folder/seat_test.go", `package seat

import (
	"sync/atomic"
	"testing"
)

func TestSeat(t *testing.T) {
	var left, sold atomic.Int32
	left.Store(1)
	done := make(chan bool, 2)
	for range 2 {
		go func() {
			if left.Load() > 0 {
				left.Add(-1)
				sold.Add(1)
			}
			done <- true
		}()
	}
	<-done
	<-done
	if sold.Load() > 1 {
		t.Error("sold twice")
	}
}
`)
	write("new-folder/testdata/input_test.go", "package input\n\nthis is none\n")
	git("rm", "-q", "gone/gone.go")
	git("add", ".")
	git("commit", "-qm", "change")
	return dir, base
}

// The packages that differ from the base are explored, and no others.
func testExploreAction(t *testing.T, checkout string) {
	var a action
	readYAML(t, "actions/explore/action.yml", &a)
	build, explore := a.Runs.Steps[1], a.Runs.Steps[2]
	require.Equal(t, "Explore", explore.Name)
	dir, base := shop(t)
	r := &runner{t: t, dir: t.TempDir(), workspace: dir, env: os.Environ(), values: map[string]string{
		"github.workspace": dir, "github.action_path": filepath.Join(checkout, ".github/actions/explore"),
		"github.event.pull_request.base.sha || github.event.before": base,
	}}
	for name, input := range a.Inputs {
		r.values["inputs."+name] = r.expand(input.Default)
	}
	require.NoError(t, os.Mkdir(r.file("temp"), 0o755))
	out, ok := r.run(build)
	require.True(t, ok, out)

	out, ok = r.run(explore)
	assert.False(t, ok, out)
	assert.Contains(t, out, "example.com/shop/new-folder")
	assert.NotContains(t, out, "not touched")
	assert.Regexp(t, `(?m)^::error file=new-folder/seat_test\.go,line=\d+,title=TestSeat%3A wrong result%2C schedule \d+::`, out)
	assert.Contains(t, r.text("summary"), "TestSeat")
	assert.Contains(t, r.text("temp/heisenkata/explore.json"), `"verdict": "wrong"`)
	assert.Contains(t, r.text("temp/heisenkata/explore.xml"), "<testsuites")

	r.values["inputs.base"] = "HEAD"
	out, ok = r.run(explore)
	assert.True(t, ok, out)
	assert.Contains(t, out, "No Go package has changed.")

	r.values["inputs.base"] = strings.Repeat("0", 40)
	out, ok = r.run(explore)
	assert.False(t, ok)
	assert.Contains(t, out, "Name the packages, or give the action a base.")

	r.values["inputs.packages"], r.values["inputs.flags"] = "./old", "--run TestNone"
	out, ok = r.run(explore)
	assert.False(t, ok)
	assert.Contains(t, out, "no test has a name that matches")

	r.values["inputs.packages"] = "$(touch pwned) ; touch pwned"
	_, ok = r.run(explore)
	assert.False(t, ok)
	assert.NoFileExists(t, filepath.Join(dir, "pwned"))
}

// Who may do what, and which versions: for every workflow.
func TestWorkflows(t *testing.T) {
	pinned := regexp.MustCompile(`^(\./\.github/actions/\w+|[\w/.-]+@[0-9a-f]{40})$`)
	var a action
	readYAML(t, "actions/grade/action.yml", &a)
	var explore action
	readYAML(t, "actions/explore/action.yml", &explore)
	steps := slices.Concat(a.Runs.Steps, explore.Runs.Steps)
	for name, condition := range map[string]string{
		"workflows/grade.yml": "${{ !github.event.repository.is_template }}",
		"workflows/ci.yml":    "${{ github.event.repository.is_template }}",
	} {
		var w workflow
		readYAML(t, name, &w)
		assert.Equal(t, map[string]string{"contents": "read"}, w.Permissions, name)
		for _, job := range w.Jobs {
			assert.Equal(t, condition, job.If, name)
			steps = append(steps, job.Steps...)
		}
	}
	for _, s := range steps {
		if s.Uses != "" {
			assert.Regexp(t, pinned, s.Uses)
		} else {
			assert.NotContains(t, s.Run, "${{")
		}
	}
}
