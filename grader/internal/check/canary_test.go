package check

import (
	"errors"
	"os/exec"
	"path/filepath"
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
