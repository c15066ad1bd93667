package build

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The packages that support the tests are in the same folder for every fix, so that
// they are compiled only once. The fix is not in it.
func TestStagingsShareWhatSupportsTheTests(t *testing.T) {
	first, second := staged(t), staged(t)
	require.NotEqual(t, first.Dir, first.Root)
	assert.Equal(t, first.Root, second.Root)
	assert.FileExists(t, filepath.Join(first.Root, "exercises", "internal", "attest", "attest.go"))
	assert.FileExists(t, filepath.Join(first.Root, "go.mod"))

	dir := filepath.Join(first.Root, filepath.FromSlash(first.exercise.Dir))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, entries)
	for _, name := range append(first.exercise.Files, attestFile) {
		assert.Equal(t, filepath.Join(first.Dir, filepath.FromSlash(first.exercise.Dir), name), first.Overlay[filepath.Join(dir, name)])
	}
}

// An added file is not built with a fix, and is noticed.
func TestSharedFolderIsWatched(t *testing.T) {
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(name, t.TempDir())
	}
	st := staged(t)
	require.NoError(t, st.Whole())
	more := filepath.Join(st.Root, filepath.FromSlash(st.exercise.Dir), "more_test.go")
	require.NoError(t, os.WriteFile(more, []byte("package hitcounter\n"), 0o644))
	assert.Error(t, st.Whole())
	after := staged(t)
	assert.Equal(t, after.Dir, after.Root, "another staging stays by itself")
}

// A staging that may not share anything has everything it needs.
func TestStagingWithoutACache(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(name, file)
	}
	st := staged(t)
	assert.Equal(t, st.Dir, st.Root)
	assert.FileExists(t, filepath.Join(st.Root, "exercises", "internal", "attest", "attest.go"))
	assert.Equal(t, []string{"build", "./x"}, st.over([]string{"build", "./x"}))
}

// Settings of the race detector end at a space, so no folder in them may contain one.
func TestSharedFolderHasNoSpaces(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "a user's cache")
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(name, cache)
	}
	st := staged(t)
	assert.Equal(t, st.Dir, st.Root)
}

// What vet says about the tests does not count against the fix: it sees only the fix.
func TestVetSeesNoTests(t *testing.T) {
	st := staged(t)
	text, err := os.ReadFile(filepath.Join(st.Dir, untestedFile))
	require.NoError(t, err)
	assert.Contains(t, string(text), st.exercise.Files[0])
	assert.Contains(t, string(text), attestFile)
	assert.NotContains(t, string(text), "_test.go")
	assert.Equal(t, []string{"vet", "-overlay=" + filepath.Join(st.Dir, untestedFile), "./x"}, st.over([]string{"vet", "./x"}))
	assert.Equal(t, []string{"test", "-overlay=" + filepath.Join(st.Dir, overlayFile), "./x"}, st.over([]string{"test", "./x"}))
}

// A fix that uses what the race detector does not see is compiled with a stand-in, and vet
// reads it as it was written.
func TestStandInsAreCompiled(t *testing.T) {
	const fix = "package hitcounter\n\nimport \"slices\"\n\nfunc f(s []int) []int { return slices.Delete(s, 0, 1) }\n"
	st := stagedWith(t, fix)
	for name, want := range map[string]string{overlayFile: "internal/seen/slices", steppedFile: "internal/seen/slices", untestedFile: `import "slices"`} {
		text, err := os.ReadFile(filepath.Join(st.Dir, name))
		require.NoError(t, err)
		var over struct{ Replace map[string]string }
		require.NoError(t, json.Unmarshal(text, &over))
		read, err := os.ReadFile(over.Replace[filepath.Join(st.Root, filepath.FromSlash(st.exercise.Dir), "hitcounter.go")])
		require.NoError(t, err)
		assert.Contains(t, string(read), want, name)
	}

	st = stagedWith(t, "package hitcounter\n\nfunc f(m map[int]int) { clear(m) }\n")
	name := filepath.Join(filepath.FromSlash(st.exercise.Dir), attestFile)
	compiled, err := os.ReadFile(filepath.Join(st.Dir, name))
	require.NoError(t, err)
	assert.Contains(t, string(compiled), "func clear[")
	vetted, err := os.ReadFile(st.written[name])
	require.NoError(t, err)
	assert.NotContains(t, string(vetted), "clear")
	assert.Contains(t, string(vetted), "internal/attest")
}

// What is refused for its size does not stay in the build cache.
func TestRefusedObjectsLeaveTheCache(t *testing.T) {
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	tc, err := FindToolchain(t.Context(), root)
	require.NoError(t, err)
	large := func() (names []string) {
		require.NoError(t, filepath.WalkDir(tc.settings["GOCACHE"], func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil // another process has removed it
			}
			if info, err := d.Info(); err == nil && info.Size() > 32<<20 && info.Size() < 33<<20 {
				names = append(names, name)
			}
			return nil
		}))
		return names
	}
	before := large()
	st := stagedWith(t, fmt.Sprintf("package hitcounter\n\nvar big = [1 << 26]byte{%d: 1}\n", 1<<25+rand.N(1<<16)))
	st.tc = tc
	found, err := st.CompileFix(t.Context())
	require.NoError(t, err)
	require.Len(t, found, 1)
	assert.Contains(t, found[0].Summary, "the compiler makes 32 MiB of it")
	assert.ElementsMatch(t, before, large())
}
