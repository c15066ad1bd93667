package check

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/submission"
)

// staged returns a bench with the model fix, staged but not built.
func staged(t *testing.T) *Bench {
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	k, err := kata.Load(root)
	require.NoError(t, err)
	e, err := k.Find("hit-counter")
	require.NoError(t, err)
	tc, err := build.FindToolchain(t.Context(), root)
	require.NoError(t, err)
	b := NewLab(k, tc, Quick, 1, nil).bench(e)
	sub, err := submission.Read(root, e, e.Solution())
	require.NoError(t, err)
	b.staging, err = build.Stage(tc, k, e, sub)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, b.Close()) })
	return b
}

// Trouble of unknown origin counts against the fix only if the fix has it twice and
// the starter does not.
func TestBlame(t *testing.T) {
	b := staged(t)
	unclear := &build.Unclear{What: "it takes too long"}
	broken := errors.New("no disk")
	for name, c := range map[string]struct {
		fix, starter []error // results of the first attempt, the second, …
		found        bool
		err          error
		next         string // advice that the error must contain
	}{
		"no trouble":                       {fix: []error{nil}},
		"our own trouble":                  {fix: []error{broken}, err: broken},
		"the fix's":                        {fix: []error{unclear, unclear}, starter: []error{nil}, found: true},
		"the machine's":                    {fix: []error{unclear}, starter: []error{unclear}, err: unclear, next: "grade again"},
		"a machine without room":           {fix: []error{unclear}, starter: []error{broken}, err: broken},
		"unclear, and gone at once":        {fix: []error{unclear, nil}, starter: []error{nil}},
		"and then our own":                 {fix: []error{unclear, broken}, starter: []error{nil}, err: broken},
		"the starter is not asked for nil": {fix: []error{nil}, starter: []error{broken}},
	} {
		var found []evidence.Finding
		err := b.blame(t.Context(), func(st *build.Staging) error {
			errs := &c.starter
			if st == b.staging {
				errs = &c.fix
			}
			require.NotEmpty(t, *errs, name)
			err := (*errs)[0]
			*errs = (*errs)[1:]
			return err
		}, &found)
		assert.ErrorIs(t, err, c.err, name)
		assert.Equal(t, c.err == nil, err == nil, name)
		if c.next != "" {
			assert.ErrorContains(t, err, c.next, name)
		}
		require.Equal(t, c.found, found != nil, name)
		if c.found {
			assert.Equal(t, evidence.Build, found[0].Verdict)
			assert.Contains(t, found[0].Summary, "it takes too long")
			assert.Empty(t, c.fix, "the fix was tried twice")
		}
	}
}

// If the compiler complains about the tests only, and with the starter, too, that is not the
// fix's fault. The message is there once, with the paths of the official tree.
func TestBlameTests(t *testing.T) {
	b := staged(t)
	at := func(file string) []evidence.Finding {
		return []evidence.Finding{{Verdict: evidence.Build, Summary: "it does not compile: undefined: pictures", Places: []evidence.Place{{File: b.exercise.Dir + "/" + file, Line: 3}}}}
	}
	packages := &build.Unclear{What: "the build fails", Output: "found packages a (a.go) and b (b_test.go) in " + b.exercise.Dir, Tests: true}
	for name, c := range map[string]struct {
		fix, starter       []evidence.Finding
		fixErr, starterErr error
		err                string
	}{
		"the tests":                   {fix: at("hitcounter_test.go"), starter: at("hitcounter_test.go"), err: "own tests do not compile; fix them, and grade again: " + b.exercise.Dir + "/hitcounter_test.go:3: undefined: pictures"},
		"the fix, by a name it lacks": {fix: at("hitcounter_test.go")},
		"the fix's own lines":         {fix: at("hitcounter.go"), starter: at("hitcounter_test.go")},
		"two packages":                {fixErr: packages, starterErr: packages, err: "own tests do not compile; fix them, and grade again: found packages"},
		"two packages, by the fix":    {fixErr: packages, fix: at("hitcounter.go")},
	} {
		found := []evidence.Finding(nil)
		err := b.blame(t.Context(), func(st *build.Staging) (err error) {
			found, err = c.starter, c.starterErr
			if st == b.staging {
				found, err = c.fix, c.fixErr
			}
			return err
		}, &found)
		if c.err == "" {
			assert.NoError(t, err, name)
			assert.NotEmpty(t, found, name)
			continue
		}
		require.ErrorContains(t, err, c.err, name)
		assert.NotContains(t, err.Error(), "GOCACHE", name)
		assert.NotContains(t, err.Error(), "with the starter", name)
	}
}

// A test that does not compile, and one of another package, are told with the official paths.
func TestTestsThatDoNotCompile(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the tests")
	}
	for text, want := range map[string]string{
		"package hitcounter_test\n\nvar _ = pictures\n": "exercises/01-shared-state/01-hit-counter/extra_test.go:3: undefined: pictures",
		"package hitcounters_test\n":                    "(extra_test.go) in exercises/01-shared-state/01-hit-counter",
	} {
		b := staged(t)
		root := t.TempDir()
		require.NoError(t, os.CopyFS(filepath.Join(root, "exercises"), os.DirFS(filepath.Join(b.lab.Kata.Root, "exercises"))))
		for _, name := range []string{"go.mod", "go.sum"} {
			data, err := os.ReadFile(filepath.Join(b.lab.Kata.Root, name))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(root, name), data, 0o644))
		}
		require.NoError(t, os.WriteFile(filepath.Join(root, b.exercise.Dir, "extra_test.go"), []byte(text), 0o644))
		b.lab.Kata.Root = root
		_, err := b.lab.Prepare(t.Context(), b.exercise, root, b.exercise.Starter())
		require.ErrorContains(t, err, "the exercise's own tests do not compile")
		assert.ErrorContains(t, err, want)
		assert.Equal(t, 1, strings.Count(err.Error(), "extra_test.go"), err)
	}
}

// A process that reports nothing about its test is run again. If the starter then
// shows that the machine works, it counts; if not, it is an error.
func TestDoubts(t *testing.T) {
	b := staged(t)
	silent, err := exec.LookPath("true")
	if err != nil {
		t.Skip("no program that does nothing")
	}
	silent, err = filepath.EvalSymlinks(silent)
	require.NoError(t, err)
	o, err := b.canaryTrial().once(t.Context(), build.Plain, silent, sample{})
	require.NoError(t, err)
	assert.Equal(t, evidence.Integrity, o.Verdict)
	assert.True(t, o.Doubtful)

	b.lab.Kata.Root = t.TempDir()
	_, err = b.canaryTrial().once(t.Context(), build.Plain, silent, sample{})
	assert.Error(t, err, "with no starter that shows it, nothing is known of the machine")
}

// A process may need another binary while it holds a processor, and all processors may
// be held by such processes.
func TestBuildsWaitForNoProcess(t *testing.T) {
	if testing.Short() {
		t.Skip("builds two binaries")
	}
	b := staged(t)
	for range cap(b.lab.slots) {
		b.lab.slots <- struct{}{}
	}
	for _, kind := range []build.Kind{build.Plain, build.Race} {
		_, found, err := b.binary(t.Context(), kind)
		require.NoError(t, err)
		assert.Nil(t, found)
	}
	_, found, err := b.session(t.Context())
	assert.NoError(t, err)
	assert.Nil(t, found)
}
