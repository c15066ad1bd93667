//go:build linux

package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// bareMachine is the environment of a machine that has Go and a C compiler, and
// nothing else: its home, its module cache and its build cache are empty. Modules
// come from where this machine has them.
func bareMachine(t *testing.T) []string {
	t.Helper()
	modules, err := exec.Command("go", "env", "GOMODCACHE").Output()
	require.NoError(t, err)
	home := filepath.Join(t.TempDir(), "home")
	require.NoError(t, os.Mkdir(home, 0o755))
	t.Cleanup(func() { // modules are read-only
		assert.NoError(t, filepath.WalkDir(home, func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				err = os.Chmod(name, 0o755)
			}
			return err
		}))
	})
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home,
		"GOGC=400", // as in .ci/run
		"GOPROXY=file://" + filepath.Join(strings.TrimSpace(string(modules)), "cache", "download"), "GOSUMDB=off", // go.sum has them all
	}
}

// elsewhere runs a grader that has just been built in a tree, with an empty module
// cache, and returns what it says and whether it passed.
func elsewhere(t *testing.T, tree string, env ...string) (output string, code int) {
	buildGrader(t)
	cmd := exec.Command(theGrader, "grade", "hit-counter", "--effort", "quick")
	cmd.Dir = tree
	cmd.Env = append(os.Environ(), "GOMODCACHE="+filepath.Join(t.TempDir(), "mod"), "GOFLAGS=-modcacherw", "GOPROXY=off")
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.CombinedOutput()
	require.IsType(t, &exec.ExitError{}, err, string(out))
	return string(out), cmd.ProcessState.ExitCode()
}

// A tree that carries its modules with it needs no network and no module cache.
func TestVendoredModules(t *testing.T) {
	tree := clone(t)
	vendor := exec.Command("go", "mod", "vendor")
	vendor.Dir = tree
	out, err := vendor.CombinedOutput()
	require.NoError(t, err, string(out))
	resetStarters(t, tree)
	said, code := elsewhere(t, tree)
	assert.Equal(t, 1, code, said)
	assert.Regexp(t, `(?m)^✗ hit-counter +0/10`, said)
}

// Offline, on a machine that has never had the modules, nothing is graded: it says
// why, and what to do.
func TestOfflineWithoutModules(t *testing.T) {
	said, code := elsewhere(t, clone(t))
	assert.Equal(t, 3, code, said)
	assert.Contains(t, said, "connect this machine to the network")
	assert.Contains(t, said, "go mod download")
	assert.NotContains(t, said, "0/10")
}
