package cli

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/harmless/attack"
)

// Errors quote compilers and file names. These must not control the terminal, forge output or flood it.
func TestErrorsAreHarmless(t *testing.T) {
	for what, text := range attack.Texts {
		for _, err := range []error{errors.New(text), usageError{errors.New(text)}} {
			var stderr strings.Builder
			(&app{ctx: t.Context(), stderr: &stderr}).exitCode(err)
			assert.Empty(t, attack.Found(stderr.String(), "\t"), what)
			assert.Less(t, stderr.Len(), 1<<17, what)
			for i, line := range strings.Split(strings.TrimSpace(stderr.String()), "\n") {
				assert.Equal(t, i > 0, strings.HasPrefix(line, "    "), "%s: only the first line is the grader's own: %q", what, line)
			}
		}
	}
}

// Text from files is shown in a harmless form, too, on a terminal or elsewhere.
func TestWhatIsShownIsHarmless(t *testing.T) {
	for what, text := range attack.Texts {
		var stdout strings.Builder
		assert.NoError(t, show(&stdout, text))
		assert.Empty(t, attack.Found(stdout.String(), "\t"), what)
	}
}

// That the code falls short hides no trouble of the grader's own.
func TestExitCodes(t *testing.T) {
	other := errors.New("the report cannot be written")
	for _, c := range []struct {
		err  error
		code int
		says string
	}{
		{nil, Passed, ""}, {errFellShort, FellShort, ""}, {errors.Join(nil, errFellShort), FellShort, ""},
		{other, Broke, other.Error()}, {errors.Join(errFellShort, other), Broke, other.Error()}, {errors.Join(other, errors.Join(errFellShort, nil)), Broke, other.Error()},
		{errors.Join(errFellShort, usageError{other}), Usage, other.Error()},
	} {
		var stderr strings.Builder
		assert.Equal(t, c.code, (&app{ctx: t.Context(), stderr: &stderr}).exitCode(c.err))
		assert.Contains(t, stderr.String(), c.says)
		assert.Equal(t, c.says == "", stderr.Len() == 0)
	}
}

// A negative number belongs to the option before it, and is no option of its own.
func TestNegativeNumbers(t *testing.T) {
	assert.Equal(t, []string{"explore", "--delays=-1", "--seed=3"}, withNegatives([]string{"explore", "--delays", "-1", "--seed=3"}))
	assert.Equal(t, []string{"--delays=2", "-1", "--", "--seed", "-1"}, withNegatives([]string{"--delays=2", "-1", "--", "--seed", "-1"}))
	var stdout, stderr strings.Builder
	assert.Equal(t, Usage, Run(t.Context(), []string{"explore", "--delays", "-1"}, &stdout, &stderr))
	assert.Equal(t, "grader: --delays -1: want 0 or more\n", stderr.String())
}

// Flags may be written as Go's own tools have them.
func TestSingleDash(t *testing.T) {
	assert.Equal(t, []string{"explore", ".", "--run", "TestA", "--budget=1s", "-h", "-1", "--", "-run"}, doubled([]string{"explore", ".", "-run", "TestA", "-budget=1s", "-h", "-1", "--", "-run"}))
	var stdout, stderr strings.Builder
	assert.Equal(t, Usage, Run(t.Context(), []string{"explore", "-delays", "-1"}, &stdout, &stderr))
	assert.Equal(t, "grader: --delays -1: want 0 or more\n", stderr.String())
}
