//go:build linux

package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unprivileged is a user who owns nothing.
const unprivileged = 65534

// Right fixes earn full marks for a user without any privilege too, under the same
// protection. It is for the night, as it compiles everything anew: HEISENKATA_ALL=1. As
// root, TestCurriculum sees to that.
func TestHonestFixesAsNobody(t *testing.T) {
	if os.Getenv("HEISENKATA_ALL") == "" || os.Geteuid() != 0 {
		t.Skip("takes minutes, and needs root to become another user")
	}
	place, err := os.MkdirTemp("/tmp", "honest-") // t.TempDir is below a folder that only root enters
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(place)) })
	require.NoError(t, os.Chmod(place, 0o755))

	tree := filepath.Join(place, "kata")
	require.NoError(t, os.Rename(clone(t), tree))
	resetStarters(t, tree)
	build := exec.Command("go", "build", "-o", filepath.Join(place, "grader"), "./grader")
	build.Dir = tree
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home(t, place, "home"), "TMPDIR=" + home(t, place, "tmp"), "GOFLAGS=-modcacherw"}
	for _, name := range []string{"GOCACHE", "GOMODCACHE"} {
		env = append(env, name+"="+lend(t, place, name))
	}

	run := func(args ...string) string {
		cmd := exec.Command(filepath.Join(place, "grader"), args...)
		cmd.Dir, cmd.Env = tree, env
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: unprivileged, Gid: unprivileged}}
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		return string(out)
	}
	if !strings.Contains(run(), "protection of this machine: full\n") {
		t.Skip("the protection of this machine is not full")
	}
	t.Log(run("verify", "--effort", "quick", "--only", "model,right"))
}

// home is a folder that belongs to that user.
func home(t *testing.T, place, name string) string {
	dir := filepath.Join(place, name)
	require.NoError(t, os.Mkdir(dir, 0o755))
	require.NoError(t, os.Chown(dir, unprivileged, unprivileged))
	return dir
}

// lend gives that user a copy of one of the go command's caches.
func lend(t *testing.T, place, name string) string {
	out, err := exec.Command("go", "env", name).Output()
	require.NoError(t, err)
	to := filepath.Join(place, name)
	if size, err := exec.Command("du", "-sm", strings.TrimSpace(string(out))).Output(); err == nil && len(strings.Fields(string(size))[0]) > 4 {
		return home(t, place, name) // more than 10 GB: to compile anew is cheaper than the room
	}
	copied, err := exec.Command("cp", "-a", strings.TrimSpace(string(out)), to).CombinedOutput()
	require.NoError(t, err, string(copied))
	require.NoError(t, filepath.WalkDir(to, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, unprivileged, unprivileged)
	}))
	return to
}

// resetStarters undoes what a learner may have changed: verify is for untouched trees.
func resetStarters(t *testing.T, tree string) {
	kept, err := filepath.Glob(filepath.Join(tree, "exercises/*/*/testdata/starter/*.go"))
	require.NoError(t, err)
	require.NotEmpty(t, kept)
	for _, file := range kept {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(file), "../..", filepath.Base(file)), text, 0o644))
	}
}
