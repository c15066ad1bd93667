//go:build unix

package scratch

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestHold is run in a process of its own: it makes a folder, says which, and
// waits until it is killed.
func TestHold(t *testing.T) {
	if os.Getenv("SCRATCH_HOLD") == "" {
		t.Skip("for TestStaleFoldersAreRemoved")
	}
	d, err := New()
	require.NoError(t, err)
	_, err = os.Stdout.WriteString(d.Path + "\n")
	require.NoError(t, err)
	select {}
}

// A folder stays as long as its process lives, however busy others are with
// cleaning up, and goes with the next grader after that was killed.
func TestStaleFoldersAreRemoved(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	cmd := exec.Command(os.Args[0], "-test.run=^TestHold$")
	cmd.Env = append(os.Environ(), "SCRATCH_HOLD=1")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	text := make([]byte, 4096)
	n, err := out.Read(text)
	require.NoError(t, err)
	theirs := strings.TrimSpace(string(text[:n]))
	require.NoError(t, os.WriteFile(filepath.Join(theirs, "file"), []byte("x"), 0o600))

	removeStale()
	assert.FileExists(t, filepath.Join(theirs, "file"), "its process lives")
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait() // it was killed
	removeStale()
	assert.NoDirExists(t, theirs)
}

// Folders of the same name that are not ours are left alone.
func TestOthersFoldersStay(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	other := filepath.Join(os.TempDir(), prefix+"of-another")
	require.NoError(t, os.Mkdir(other, 0o755))
	removeStale()
	assert.DirExists(t, other, "it was never locked")
}

func TestRemove(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	d, err := New()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(d.Path, "file"), nil, 0o400))
	removeStale()
	assert.DirExists(t, d.Path, "this very process holds it")
	require.NoError(t, d.Remove())
	left, err := os.ReadDir(os.TempDir())
	require.NoError(t, err)
	assert.Empty(t, left)

	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "nothing"))
	_, err = New()
	assert.ErrorContains(t, err, "set TMPDIR")
}

// A grader that was killed while it made a folder leaves one without its name.
func TestFoldersWithoutTheirNameAreRemoved(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	empty, err := os.MkdirTemp("", unlocked)
	require.NoError(t, err)
	left, err := os.MkdirTemp("", unlocked)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(left, lockName), nil, 0o600))
	used, err := os.MkdirTemp("", unlocked)
	require.NoError(t, err)
	f, err := os.Create(filepath.Join(used, lockName))
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, lock(f))
	removeStale()
	assert.NoDirExists(t, empty)
	assert.NoDirExists(t, left)
	assert.DirExists(t, used)
}
