package explore

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A go.mod of ours says what the module's own says, and where the runtime and the
// copies are.
func TestGoModWithRuntime(t *testing.T) {
	s := &Session{
		runtime: "/cache/rt 1", copies: map[string]string{"/mod/x/sync@v1": "/tmp/modules/0"},
		packages: []*listed{
			{Module: &module{Path: "example.com/a", Dir: "/a", Main: true}},
			{Module: &module{Path: "golang.org/x/sync", Dir: "/mod/x/sync@v1"}},
			{ImportPath: "fmt"},
		},
	}
	text, err := s.withRuntime([]byte("module example.com/a\n\ngo 1.26\n\nrequire golang.org/x/sync v1.0.0 // indirect\n\nreplace golang.org/x/sync v1.0.0 => golang.org/x/sync v1.1.0\n\nreplace example.com/b => ../b\n\ntool example.com/t\n"))
	require.NoError(t, err)
	for _, line := range []string{
		"go 1.26", "golang.org/x/sync v1.0.0 // indirect", "tool example.com/t", moduleRT + " v0.0.0", moduleRT + ` => "/cache/rt 1"`,
		"golang.org/x/sync => /tmp/modules/0", "example.com/b => ../b",
	} {
		assert.Contains(t, string(text), line)
	}
	assert.NotContains(t, string(text), "v1.1.0", "the copy is what counts")

	_, err = s.withRuntime([]byte("modul example.com/a\n"))
	assert.Error(t, err)
}

// One module with nothing special about it needs no workspace.
func TestOnlyModule(t *testing.T) {
	dir := t.TempDir()
	main := func(path, goVersion string) *listed {
		return &listed{Module: &module{Path: path, Dir: dir, GoVersion: goVersion, Main: true}}
	}
	only := func(env map[string]string, packages ...*listed) bool {
		return (&Session{env: env, packages: packages}).only() != nil
	}
	standard, other := &listed{ImportPath: "fmt"}, &listed{Module: &module{Path: "x/dep", GoVersion: "1.26"}}
	a := main("example.com/a", "1.25.0")
	assert.True(t, only(nil, standard, other, a, a))
	assert.True(t, only(map[string]string{"GOWORK": "off"}, a))
	assert.False(t, only(nil, standard, other), "no module at all")
	assert.False(t, only(nil, a, main("example.com/b", "1.26")), "two of them")
	assert.False(t, only(map[string]string{"GOWORK": "/a/go.work"}, a), "in a workspace")
	assert.False(t, only(map[string]string{"GOFLAGS": "-modfile=x.mod"}, a), "its go.mod is another file")
	assert.False(t, only(nil, main("example.com/a", "1.24")), "an older language than the runtime's")
	assert.False(t, only(nil, main("example.com/a", "")))
	assert.False(t, a.Module.vendored())
	require.NoError(t, os.Mkdir(filepath.Join(dir, "vendor"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "vendor/modules.txt"), nil, 0o644))
	assert.True(t, a.Module.vendored())
}

// A module that has no go.mod, as old ones have none, gets one; any other keeps its own.
func TestEveryCopyIsAModule(t *testing.T) {
	name := filepath.Join(t.TempDir(), "go.mod")
	says := func(want string) {
		require.NoError(t, declare(filepath.Dir(name), "example.com/old"))
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
	}
	says("module example.com/old\n")
	const own = "module example.com/own\n\ngo 1.21\n"
	require.NoError(t, os.WriteFile(name, []byte(own), 0o644))
	says(own)
}
