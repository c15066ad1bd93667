package check

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// In the learner's own checkout there may be anything in a file's place. What tests import is
// read off the tests alone, and no starter is opened.
func TestImportsOfOddFiles(t *testing.T) {
	dir, found := t.TempDir(), map[string]bool{}
	add := func(name string) error { return addImports(found, filepath.Join(dir, name)) }
	require.NoError(t, os.Mkdir(filepath.Join(dir, "fix.go"), 0o700))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "dir_test.go"), 0o700))
	require.NoError(t, os.Symlink("link_test.go", filepath.Join(dir, "link_test.go")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "x_test.go"), []byte("package x; import \"sort\""), 0o600))
	for _, name := range []string{"fix.go", "dir_test.go", "link_test.go", "x_test.go"} {
		assert.NoError(t, add(name), name)
	}
	assert.Error(t, add("missing_test.go"))
	assert.Equal(t, map[string]bool{"sort": true}, found)
}
