package check

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/run"
)

// altered returns an official tree with one text in package attest replaced, as if by
// code that has taken over a process.
func altered(t *testing.T, from, to string) string {
	root := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(root, "exercises"), os.DirFS("../../../exercises")))
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join("../../..", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(root, name), text, 0o644))
	}
	attest := filepath.Join(root, "exercises", "internal", "attest", "attest.go")
	text, err := os.ReadFile(attest)
	require.NoError(t, err)
	require.Contains(t, string(text), from)
	require.NoError(t, os.WriteFile(attest, []byte(strings.Replace(string(text), from, to, 1)), 0o644))
	return root
}

// The model fix of an exercise passes no test with points in a process that keeps
// failures to itself, or that does not run what it reports. HEISENKATA_ALL=1 takes all
// ways to do so, and the process as it is.
func TestDisarmedProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("builds an exercise with the race detector")
	}
	official, err := filepath.Abs("../../..")
	require.NoError(t, err)
	const test = "TestTwoAtOnce"
	for name, c := range map[string]struct {
		from, to string
		want     evidence.Verdict
		says     string
	}{
		"as it is":                  {"", "", evidence.Pass, ""},
		"failures do not come out":  {`t.Fatal("this run was asked to fail here")`, ``, evidence.Integrity, "was made to fail, and passed"},
		"failures are taken back":   {`case t.Failed():`, `case false:`, evidence.Integrity, ""},
		"the test is not run":       {"\t\ttest(t)\n", "\t\t_ = test\n", evidence.Integrity, "without an honest report"},
		"only the first run is one": {"\t\ttest(t)\n", "\t\tif c.runs == 1 {\ntest(t)\n}\n", evidence.Integrity, "without an honest report"},
	} {
		if os.Getenv("HEISENKATA_ALL") == "" && name != "failures do not come out" && name != "only the first run is one" {
			continue
		}
		root := altered(t, c.from, c.to)
		k, err := kata.Load(root)
		require.NoError(t, err)
		e, err := k.Find("hit-counter")
		require.NoError(t, err)
		tc, err := build.FindToolchain(t.Context(), root)
		require.NoError(t, err)
		l := NewLab(k, tc, Quick, 2, nil)
		l.Protection, err = run.Probe(t.Context())
		require.NoError(t, err)
		b, err := l.Prepare(t.Context(), e, official, e.Solution(), test)
		require.NoError(t, err)
		r, err := b.Run(t.Context(), test)
		require.NoError(t, err)
		require.NoError(t, b.Close())
		got := evidence.Check{Verdict: evidence.Pass, Finding: &evidence.Finding{}}
		if at := slices.IndexFunc(r.Tests[test], evidence.Check.Failed); at >= 0 {
			got = r.Tests[test][at]
		}
		assert.Equal(t, c.want, got.Verdict, name)
		assert.Contains(t, got.Finding.Summary, c.says, name)
	}
}

// Wherever a test of an exercise is made to fail, it ends as a failure: it leaves
// nothing behind that its end waits for. Otherwise the run would cost a right fix its
// points.
// HEISENKATA_ALL=1 takes all exercises.
func TestEveryStepCanFail(t *testing.T) {
	if testing.Short() {
		t.Skip("runs each test of each exercise once for each of its steps")
	}
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	k, err := kata.Load(root)
	require.NoError(t, err)
	tc, err := build.FindToolchain(t.Context(), root)
	require.NoError(t, err)
	l := NewLab(k, tc, Quick, 2, nil)
	l.Protection, err = run.Probe(t.Context())
	require.NoError(t, err)
	exercises := k.Exercises
	if os.Getenv("HEISENKATA_ALL") == "" {
		exercises = exercises[:1]
	}
	for _, e := range exercises {
		t.Run(e.ID, func(t *testing.T) {
			b, err := l.Prepare(t.Context(), e, root, e.Solution())
			require.NoError(t, err)
			defer func() { assert.NoError(t, b.Close()) }()
			binary, found, err := b.binary(t.Context(), build.Race)
			require.NoError(t, err)
			require.Nil(t, found)
			for _, test := range e.Tests {
				for step := range b.staging.Steps(test.Name) {
					tr := &trial{bench: b, test: test}
					o, err := tr.held(t.Context(), l.slots, build.Race, binary, sample{procs: 4, failAt: step + 1})
					require.NoError(t, err)
					assert.Equal(t, evidence.Fail, o.Verdict, "%s at step %d", test.Name, step)
				}
			}
		})
	}
}

// The test that is made to fail is one with points, among those asked for, and each of
// them is drawn at times.
func TestDrawn(t *testing.T) {
	e := kata.Exercise{Tests: []kata.Test{{Name: "TestGuard", Guard: true}, {Name: "TestA", Points: 1}, {Name: "TestB", Points: 2}}}
	seen := map[string]bool{}
	for range 1000 {
		seen[draw(e, nil)] = true
	}
	assert.Equal(t, map[string]bool{"TestA": true, "TestB": true}, seen)
	assert.Equal(t, "TestB", draw(e, []string{"TestB", "TestGuard"}))
	assert.Empty(t, draw(e, []string{"TestGuard"}))
}

// A test that is made to fail leaves behind what it has started. What that leads to is no pass
// either; that it passes, does not end or reports something else is held against the fix.
func TestFailuresComeOut(t *testing.T) {
	for v, want := range map[evidence.Verdict]bool{
		evidence.Fail: true, evidence.Panic: true, evidence.Race: true, evidence.Deadlock: true, evidence.Leak: true,
		evidence.Pass: false, evidence.Integrity: false, evidence.Timeout: false, evidence.Error: false, evidence.Policy: false,
	} {
		assert.Equal(t, want, cameOut(v), v)
	}
}
