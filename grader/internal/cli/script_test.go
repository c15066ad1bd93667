package cli_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/cli"
	"heisenkata/grader/internal/run"
	"heisenkata/grader/internal/sandbox"
)

// TestMain makes the test binary serve as `grader` in the transcripts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"grader": func() {
			ctx, stop := cli.UntilSignalled(context.Background())
			defer stop()
			os.Exit(cli.Run(ctx, os.Args[1:], os.Stdout, os.Stderr))
		},
	})
}

// The transcripts say what each command prints and how it exits. Each runs in
// a folder of its own, in which KATA is a small exercise tree with one exercise.
func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	commands := map[string]func(*testscript.TestScript, bool, []string){"await": await, "nothing-left": nothingLeft}
	maps.Copy(commands, terminalCommands)
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/script",
		Setup: func(env *testscript.Env) error { return setUp(root, env) },
		Condition: func(name string) (bool, error) {
			switch name {
			case "full":
				p, err := run.Probe(t.Context())
				return p.Level == sandbox.Full, err
			case "all": // else what takes long and is tested elsewhere, too, is left out
				return os.Getenv("HEISENKATA_ALL") != "", nil
			}
			return name == "unshare" && os.Geteuid() == 0 && exec.Command("unshare", "--mount", "true").Run() == nil, nil
		},
		Cmds: commands,
	})
}

// hitCounter is the exercise that the transcripts grade.
const hitCounter = "exercises/01-shared-state/01-hit-counter"

// setUp lays out the tree with one exercise, and gives the commands the build caches they need.
func setUp(root string, env *testscript.Env) error {
	for _, name := range []string{"go.mod", "go.sum", "exercises/internal", hitCounter, "exercises/01-shared-state/README.md", strings.Replace(hitCounter, "exercises", "solutions", 1)} {
		if err := copyTree(filepath.Join(root, name), filepath.Join(env.WorkDir, "kata", name)); err != nil {
			return err
		}
	}
	// A learner may have changed the exercise: the transcripts begin at the starter.
	exercise := filepath.Join(env.WorkDir, "kata/exercises/01-shared-state/01-hit-counter")
	if err := errors.Join(copyTree(filepath.Join(exercise, "testdata/starter"), exercise), lighten(exercise)); err != nil {
		return err
	}
	env.Setenv("GRADER", filepath.Join(filepath.SplitList(env.Getenv("PATH"))[0], "grader"))
	env.Setenv("SOURCE", root)
	env.Setenv("KATA", filepath.Join(env.WorkDir, "kata"))
	env.Setenv("EXERCISE", filepath.Join(env.WorkDir, "kata/exercises/01-shared-state/01-hit-counter"))
	env.Setenv("SOLUTION", filepath.Join(env.WorkDir, "kata/solutions/01-shared-state/01-hit-counter"))
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} {
		env.Setenv(name, goEnv(name))
	}
	if cache, err := os.UserCacheDir(); err == nil {
		env.Setenv("XDG_CACHE_HOME", cache)
	}
	return nil
}

// dear are the tests that the transcripts do without: each would be run in every
// grading, and does not show in what the commands print.
var dear = regexp.MustCompile(`TestReportsAreWrittenSideBySide|TestCountsOneByOne|TestCountedWhenServed|TestNoHitIsLost|TestTwoCounters|TestSchedule(TwoCalls|ManyCalls|OneAmongMany|OneIsSlow)`)

// lighten takes tests out of an exercise, and gives their points to the first that has any.
func lighten(exercise string) error {
	manifest := filepath.Join(exercise, "exercise.toml")
	if err := rewrite(manifest, func(text string) string {
		blocks := slices.DeleteFunc(strings.SplitAfter(text, "\n\n"), dear.MatchString)
		return strings.Replace(strings.Join(blocks, ""), "points = 1", "points = 6", 1)
	}); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(exercise, "*_test.go"))
	for _, name := range files {
		err = errors.Join(err, rewrite(name, func(text string) string { return dear.ReplaceAllString(text, "no$0") }))
	}
	return err
}

func rewrite(name string, change func(string) string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return os.WriteFile(name, []byte(change(string(text))), 0o644)
}

// await waits until a file that matches the pattern exists.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await PATTERN")
	}
	for range 60_000 {
		if found, err := filepath.Glob(ts.MkAbs(args[0])); err != nil || len(found) > 0 {
			ts.Check(err)
			return
		}
		time.Sleep(time.Millisecond)
	}
	ts.Fatalf("nothing like %s came to be", args[0])
}

// nothingLeft checks that a grading left nothing in the folder for temporary
// files, and no process that runs from there.
func nothingLeft(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: nothing-left")
	}
	tmp := ts.Getenv("TMPDIR")
	found, err := filepath.Glob(filepath.Join(tmp, "heisenkata-*"))
	ts.Check(err)
	if len(found) > 0 {
		ts.Fatalf("left behind: %q", found)
	}
	links, err := filepath.Glob("/proc/[0-9]*/exe")
	ts.Check(err)
	for _, link := range links {
		if exe, err := os.Readlink(link); err == nil && strings.HasPrefix(exe, tmp) {
			ts.Fatalf("still running: %s is %s", link, exe)
		}
	}
}
