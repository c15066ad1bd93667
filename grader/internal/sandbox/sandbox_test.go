package sandbox

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLevels(t *testing.T) {
	assert.Equal(t, Full, levelOf(nil, 3))
	assert.Equal(t, Partial, levelOf([]string{"a fix can read your files"}, 3))
	assert.Equal(t, None, levelOf([]string{"a", "b", "c"}, 3))
	partial := Protection{Level: Partial, Missing: []string{"a fix can read your files"}}
	assert.Contains(t, partial.Explain(), "a fix can read your files")
	assert.NotEqual(t, partial.Explain(), Protection{Level: None}.Explain())
	assert.NotEqual(t, partial.Explain(), Protection{Level: Full}.Explain())
}

// A probe that gives no answer is no full protection.
func TestNoAnswerIsAnError(t *testing.T) {
	for _, output := range []string{"", "signal: killed", "{"} {
		_, err := ReadProbe([]byte(output))
		assert.Error(t, err, output)
	}
}

func TestReadStatus(t *testing.T) {
	s, err := ReadStatus(nil)
	require.NoError(t, err)
	assert.False(t, s.Ended, "it has become the program")
	s, err = ReadStatus([]byte(`{"ended":true,"exit_code":-1,"signal":11}`))
	require.NoError(t, err)
	assert.Equal(t, -1, s.ExitCode)
	_, err = ReadStatus([]byte(`{"exit_code":0,"trouble":"no landlock"}`))
	assert.ErrorContains(t, err, "no landlock")
	_, err = ReadStatus([]byte("panic: "))
	assert.Error(t, err)
}
