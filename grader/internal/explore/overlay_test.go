package explore

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

// What is laid over a tree is explored as if it were in it, and positions, source
// lines and all, are those of the tree.
func TestOverlay(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a package")
	}
	root, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	elsewhere := t.TempDir()
	put := func(name, text string) string {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
		return name
	}
	put(filepath.Join(root, "go.mod"), "module example.com/laid\n\ngo 1.25\n")
	put(filepath.Join(root, "keep", "keep.go"), "package keep\n")
	overlay := map[string]string{
		filepath.Join(root, "laid", "laid.go"): put(filepath.Join(elsewhere, "a.txt"), "package laid\n\nvar N int\n\nfunc Add() { N++ }\n"),
		filepath.Join(root, "laid", "laid_test.go"): put(filepath.Join(elsewhere, "b.txt"), `package laid

import (
	"sync"
	"testing"
)

func TestAdd(t *testing.T) {
	var group sync.WaitGroup
	group.Go(Add)
	group.Go(Add)
	group.Wait()
}
`),
	}
	require.NoError(t, os.Mkdir(filepath.Join(root, "laid"), 0o755))
	r, err := Explore(t.Context(), Options{
		Dir: root, Env: os.Environ(), Patterns: []string{"./laid"}, Run: regexp.MustCompile("TestAdd"),
		Overlay: overlay, Race: true, Budget: Normal, Processors: 1,
	})
	require.NoError(t, err)
	require.Len(t, r.Packages, 1)
	require.Len(t, r.Packages[0].Tests, 1, r.Packages[0].Reason)
	test := r.Packages[0].Tests[0]
	assert.Equal(t, explored.Race, test.Verdict, test.Summary)
	require.NotEmpty(t, test.Races)
	assert.Equal(t, "laid/laid.go", test.Races[0].File)
	assert.Equal(t, 5, test.Races[0].Line)
	assert.Equal(t, "func Add() { N++ }", test.Races[0].Source)
}

// Export data that is known is taken if it is there, and asked for otherwise.
func TestKnownExports(t *testing.T) {
	there := filepath.Join(t.TempDir(), "fmt-d")
	require.NoError(t, os.WriteFile(there, nil, 0o644))
	s := &Session{Options: Options{Exports: map[string]string{"fmt": there, "os": there + "-gone"}}}
	exports := map[string]string{}
	assert.True(t, s.exported("fmt", exports))
	assert.False(t, s.exported("os", exports))
	assert.False(t, s.exported("io", exports))
	assert.Equal(t, map[string]string{"fmt": there}, exports)
}
