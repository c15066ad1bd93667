package progress

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSaveAndLoad(t *testing.T) {
	root := t.TempDir()
	p, err := Load(root)
	require.NoError(t, err)
	assert.Empty(t, p)

	p["hit-counter"] = Entry{10, 10, "abc"}
	p["batch-error"] = Entry{3, 20, "-"}
	require.NoError(t, p.Save(root))
	back, err := Load(root)
	require.NoError(t, err)
	assert.Equal(t, p, back)
	assert.True(t, back["hit-counter"].Done())
	assert.False(t, back["batch-error"].Done())
	assert.False(t, back["nothing"].Done())

	left, err := os.ReadDir(root)
	require.NoError(t, err)
	assert.Len(t, left, 1, "no temporary file stays")
}

// A file that somebody edited, or half of one, costs no more than its bad lines.
func TestLoadPassesOverNonsense(t *testing.T) {
	root := t.TempDir()
	text := "# remark\n\nhit-counter 10/10 abc\nbatch-error ten/20 abc\nticket\n<<<<<<< HEAD\n"
	require.NoError(t, os.WriteFile(filepath.Join(root, FileName), []byte(text), 0o644))
	p, err := Load(root)
	require.NoError(t, err)
	assert.Equal(t, Progress{"hit-counter": {10, 10, "abc"}}, p)
}

func TestSaveSaysWhatIsWrong(t *testing.T) {
	assert.ErrorContains(t, Progress{}.Save(filepath.Join(t.TempDir(), "nowhere")), "keeping your progress")
}
