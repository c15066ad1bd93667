//go:build linux

package main

import (
	"cmp"
	"hash/crc32"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unprivileged is a user who owns nothing.
const unprivileged = 65534

// Right fixes earn full marks for a user without any privilege too, under the same
// protection: the model fixes of some exercises, the same until their text changes.
// HEISENKATA_ALL=1 takes all right fixes. As root, TestCurriculum sees to that.
func TestHonestFixesAsNobody(t *testing.T) {
	if testing.Short() || os.Geteuid() != 0 {
		t.Skip("takes a minute, and needs root to become another user")
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
	args := append([]string{"verify", "--effort", "quick", "--only", "model"}, someExercises(t, tree, 1)...)
	if os.Getenv("HEISENKATA_ALL") != "" {
		args = []string{"verify", "--effort", "quick", "--only", "model,right"}
	}
	t.Log(run(args...))
}

// someExercises picks n exercises by the content of their model fixes.
func someExercises(t *testing.T, tree string, n int) (dirs []string) {
	manifests, err := filepath.Glob(filepath.Join(tree, "exercises/*/*/exercise.toml"))
	require.NoError(t, err)
	sums := map[string]uint32{}
	for _, manifest := range manifests {
		dir, err := filepath.Rel(tree, filepath.Dir(manifest))
		require.NoError(t, err)
		models, err := filepath.Glob(filepath.Join(tree, strings.Replace(dir, "exercises", "solutions", 1), "*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, models)
		text, err := os.ReadFile(models[0])
		require.NoError(t, err)
		sums[dir] = crc32.ChecksumIEEE(text)
		dirs = append(dirs, dir)
	}
	slices.SortFunc(dirs, func(a, b string) int { return cmp.Compare(sums[a], sums[b]) })
	return dirs[:min(n, len(dirs))]
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
