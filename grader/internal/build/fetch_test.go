package build

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wanted are packages of two modules, and one of the standard library.
var wanted = []string{"fmt", "github.com/stretchr/testify/assert", "go.uber.org/goleak"}

// bare makes the module cache empty, and returns a proxy that serves what was
// in it before.
func bare(t *testing.T) (proxy string) {
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	require.NoError(t, err)
	proxy = "file://" + filepath.ToSlash(filepath.Join(strings.TrimSpace(string(out)), "cache", "download"))
	t.Setenv("GOMODCACHE", filepath.Join(t.TempDir(), "mod"))
	t.Setenv("GOFLAGS", "-modcacherw") // so that the test can remove it
	t.Setenv("GOSUMDB", "off")         // go.sum already has all checksums
	t.Setenv("GOPROXY", proxy)
	return proxy
}

// fetch fetches what is wanted, as a grader that has just been started, and
// returns what it tells.
func fetch(t *testing.T) (told []string, err error) {
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	tc, err := FindToolchain(t.Context(), root)
	require.NoError(t, err)
	err = tc.Fetch(t.Context(), wanted, func(what string) { told = append(told, what) })
	if err == nil {
		assert.Greater(t, tc.Packages, 100, "with the standard library's")
	}
	return told, err
}

// On a machine without any module, all that is imported is fetched, and told.
// Once it is there, no proxy is asked.
func TestFetch(t *testing.T) {
	bare(t)
	told, err := fetch(t)
	require.NoError(t, err)
	assert.Equal(t, "modules", told[0])
	assert.Regexp(t, `(?m)^github.com/stretchr/testify v\S+$`, strings.Join(told, "\n"))
	assert.Regexp(t, `(?m)^go.uber.org/goleak v\S+$`, strings.Join(told, "\n"))

	t.Setenv("GOPROXY", "off")
	told, err = fetch(t)
	require.NoError(t, err)
	assert.Empty(t, told)

	// A module that is gone is not taken to be there.
	testify := filepath.Join(os.Getenv("GOMODCACHE"), "github.com", "stretchr")
	require.NoError(t, os.RemoveAll(testify))
	require.NoError(t, os.RemoveAll(filepath.Join(os.Getenv("GOMODCACHE"), "cache", "download", "github.com", "stretchr")))
	_, err = fetch(t)
	assert.ErrorIs(t, err, ErrNoModules)
}

// The caller's own settings count, wherever they are kept.
func TestFetchAsTheCallerHasSetIt(t *testing.T) {
	proxy := bare(t)
	require.NoError(t, os.Unsetenv("GOPROXY"))
	file := filepath.Join(t.TempDir(), "env")
	require.NoError(t, os.WriteFile(file, []byte("GOPROXY="+proxy+"\n"), 0o644))
	t.Setenv("GOENV", file)
	_, err := fetch(t)
	assert.NoError(t, err)
}

// Without a network and the modules, the error says so, and what to do.
func TestFetchOffline(t *testing.T) {
	for name, proxy := range map[string]string{"no network": "off", "no such proxy": "file:///nowhere"} {
		bare(t)
		t.Setenv("GOPROXY", proxy)
		_, err := fetch(t)
		require.ErrorIs(t, err, ErrNoModules, name)
		for _, advice := range []string{"connect this machine to the network", "GOPROXY", "go mod download", os.Getenv("GOMODCACHE")} {
			assert.ErrorContains(t, err, advice, name)
		}
	}
}

// Other reasons why the go command does not find them are not blamed on the network.
func TestFetchWithoutABuildCache(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cache")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	t.Setenv("GOCACHE", file)
	_, err := fetch(t)
	require.Error(t, err)
	assert.NotErrorIs(t, err, ErrNoModules)
	assert.ErrorContains(t, err, "GOCACHE ("+file+")")
}

// Output that arrives in pieces is reported line by line.
func TestDownloads(t *testing.T) {
	var told []string
	w := downloads(func(what string) { told = append(told, what) })
	for _, piece := range []string{"go: down", "loading a.org/b v1.2.3\ngo: finding x\n", "go: downloading c.org/d v0.1.0\r\ngo: downloading e"} {
		n, err := w.Write([]byte(piece))
		require.NoError(t, err)
		assert.Len(t, piece, n)
	}
	assert.Equal(t, []string{"a.org/b v1.2.3", "c.org/d v0.1.0"}, told)
}
