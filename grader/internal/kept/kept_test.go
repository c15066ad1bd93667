package kept

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var files = map[string]string{"go.mod": "module m\n", "a/b.go": "package a\n", "empty": ""}

func TestDir(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("HOME", cache)
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("LocalAppData", cache)
	dir, ok := Dir("x", files)
	require.True(t, ok)
	text, err := os.ReadFile(filepath.Join(dir, "a", "b.go"))
	require.NoError(t, err)
	assert.Equal(t, files["a/b.go"], string(text))

	again, ok := Dir("x", files)
	assert.True(t, ok)
	assert.Equal(t, dir, again, "the same files lie in the same place")
	other, ok := Dir("x", map[string]string{"go.mod": "module n\n"})
	assert.True(t, ok)
	assert.NotEqual(t, dir, other)
}

// What is not just as it should be is not taken.
func TestTamperedWith(t *testing.T) {
	for name, harm := range map[string]func(dir string) error{
		"a file more": func(dir string) error { return os.WriteFile(filepath.Join(dir, "a", "c.go"), nil, 0o644) },
		"a file less": func(dir string) error { return os.Remove(filepath.Join(dir, "go.mod")) },
		"another text": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "a", "b.go"), []byte("package b\n"), 0o644)
		},
		"an empty one under new name": func(dir string) error { return os.Rename(filepath.Join(dir, "empty"), filepath.Join(dir, "void.go")) },
		"a link": func(dir string) error {
			real := filepath.Join(filepath.Dir(dir), "real")
			if err := os.Rename(filepath.Join(dir, "go.mod"), real); err != nil {
				return err
			}
			return os.Symlink(real, filepath.Join(dir, "go.mod"))
		},
	} {
		cache := t.TempDir()
		t.Setenv("HOME", cache)
		t.Setenv("XDG_CACHE_HOME", cache)
		t.Setenv("LocalAppData", cache)
		dir, ok := Dir("x", files)
		require.True(t, ok)
		require.NoError(t, harm(dir), name)
		_, ok = Dir("x", files)
		assert.False(t, ok, name)
		entries, err := os.ReadDir(filepath.Dir(dir))
		require.NoError(t, err)
		for _, e := range entries {
			assert.NotContains(t, e.Name(), "new-", "nothing half-written is left")
		}
	}
}

// Where there is no cache, nothing is kept.
func TestNowhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(name, file)
	}
	_, ok := Dir("x", files)
	assert.False(t, ok)
}
