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
	s, err = ReadStatus([]byte("group 42\n"))
	require.NoError(t, err)
	assert.Equal(t, Status{Group: 42}, s)
	s, err = ReadStatus([]byte("group 42\nended -1 11\n"))
	require.NoError(t, err)
	assert.Equal(t, Status{Group: 42, Ended: true, ExitCode: -1, Signal: 11}, s)
	assert.Equal(t, "segmentation fault", s.SignalName())
	_, err = ReadStatus([]byte("group 42\ntrouble no landlock\n"))
	assert.ErrorContains(t, err, "no landlock")
	for _, other := range []string{"panic: ", "ended", "ended 1\n"} {
		_, err = ReadStatus([]byte(other))
		assert.Error(t, err, other)
	}
}

func TestReadProbe(t *testing.T) {
	p, err := ReadProbe([]byte("tried 9\n"))
	require.NoError(t, err)
	assert.Equal(t, Protection{Level: Full, Missing: []string{}}, p)
	p, err = ReadProbe([]byte("can: a fix can read your files\ntried 9\n"))
	require.NoError(t, err)
	assert.Equal(t, Protection{Level: Partial, Missing: []string{"a fix can read your files"}}, p)
}

// Rules survive the way through an argument list, whatever is in a path.
func TestRules(t *testing.T) {
	r := Rules{
		Read: []string{"/a", "/b=c"}, Write: []string{"/with\nnewline", "/--"}, Run: []string{""}, Spawn: true,
		FileSize: 1, Data: 2, Space: 3, CPU: 4, OpenFiles: 1<<64 - 1,
	}
	got, err := parseRules(r.args())
	require.NoError(t, err)
	assert.Equal(t, r, got)
	for _, wrong := range []string{"rad=/a", "cpu=many", "spawn=perhaps", ""} {
		_, err := parseRules([]string{wrong})
		assert.Error(t, err, wrong)
	}
}
