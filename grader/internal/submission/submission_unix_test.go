//go:build unix

package submission

import (
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A pipe without a writer would keep the grader waiting forever, also where
// it came after a look at the file.
func TestReadDoesNotWaitForAPipe(t *testing.T) {
	root, file := checkout(t)
	require.NoError(t, syscall.Mkfifo(file, 0o644))
	_, err := Read(root, exercise, exercise.Dir)
	require.ErrorContains(t, err, "is not a regular file")

	tree, err := os.OpenRoot(root)
	require.NoError(t, err)
	defer tree.Close()
	opened := make(chan error)
	go func() {
		f, err := openFile(tree, exercise.Dir+"/x.go")
		if err == nil {
			err = f.Close()
		}
		opened <- err
	}()
	select {
	case err := <-opened:
		assert.NoError(t, err)
	case <-time.After(10 * time.Second):
		t.Fatal("still waiting for a writer")
	}
}

func TestReadNeedsPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	root, file := checkout(t)
	write("package x\n")(t, file)
	require.NoError(t, os.Chmod(file, 0))
	_, err := Read(root, exercise, exercise.Dir)
	require.ErrorContains(t, err, "may not be read")
	require.ErrorAs(t, err, new(*Refusal))
}
