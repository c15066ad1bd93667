package recall

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/kata"
)

// row is something to remember.
type row struct {
	Verdict  string
	Gradings int
	Seconds  float64
}

// desk is a tree with one exercise, and a cache that holds nothing yet.
type desk struct {
	kata     kata.Kata
	exercise kata.Exercise
}

func newDesk(t *testing.T) desk {
	t.Helper()
	cache := t.TempDir()
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(name, cache)
	}
	d := desk{kata.Kata{Root: t.TempDir()}, kata.Exercise{Files: []string{"x.go"}, Dir: "exercises/01-a/01-x"}}
	for _, name := range []string{"go.mod", "go.sum", "exercises/internal/oracle/oracle.go", "exercises/01-a/01-x/x_test.go", "exercises/01-a/02-y/y_test.go"} {
		d.write(t, name, "as it was")
	}
	return d
}

func (d desk) write(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(d.kata.Root, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
}

// proven reports whether a new run remembers the proof about a text, and proves it if not.
func (d desk) proven(t *testing.T, settings, text, claim string) bool {
	t.Helper()
	m := Open(d.kata, "proven", settings)
	require.NotNil(t, m)
	name := m.Key(d.exercise, map[string][]byte{"x.go": []byte(text)}, claim)
	var got row
	if m.Recall(name, &got) {
		assert.Equal(t, row{"race", 3, 1.5}, got)
		return true
	}
	m.Keep(name, row{"race", 3, 1.5}, true)
	return false
}

// A proof holds as long as nothing changes that it depends on.
func TestMemory(t *testing.T) {
	d := newDesk(t)
	assert.False(t, d.proven(t, "quick", "a fix", "wrong"))
	assert.True(t, d.proven(t, "quick", "a fix", "wrong"))
	assert.False(t, d.proven(t, "normal", "a fix", "wrong"), "another effort")
	assert.False(t, d.proven(t, "quick", "another fix", "wrong"))
	assert.False(t, d.proven(t, "quick", "a fix", "right"), "another claim")

	d.write(t, "exercises/01-a/02-y/y_test.go", "changed")
	assert.True(t, d.proven(t, "quick", "a fix", "wrong"), "the tests of another exercise")
	for _, name := range []string{"exercises/01-a/01-x/x_test.go", "exercises/01-a/01-x/new_test.go", "exercises/internal/oracle/oracle.go", "go.sum"} {
		d.write(t, name, "changed")
		assert.False(t, d.proven(t, "quick", "a fix", "wrong"), name)
		assert.True(t, d.proven(t, "quick", "a fix", "wrong"), name)
	}
}

// What is remembered of one kind is unknown to another.
func TestKinds(t *testing.T) {
	d := newDesk(t)
	d.proven(t, "quick", "a fix", "wrong")
	m := Open(d.kata, "graded", "quick")
	assert.False(t, m.Recall(m.Key(d.exercise, map[string][]byte{"x.go": []byte("a fix")}, "wrong"), &row{}))
}

// A proof that has not held when it was tried again is none.
func TestMemoryOfWhatDoesNotHold(t *testing.T) {
	d := newDesk(t)
	d.proven(t, "quick", "a fix", "wrong")
	m := Open(d.kata, "proven", "quick")
	m.Keep(m.Key(d.exercise, map[string][]byte{"x.go": []byte("a fix")}, "wrong"), row{}, false)
	assert.False(t, d.proven(t, "quick", "a fix", "wrong"))
}

// What no run has asked for in a while is forgotten; what one has asked for is not.
func TestMemoryForgets(t *testing.T) {
	d := newDesk(t)
	d.proven(t, "quick", "a fix", "wrong")
	d.proven(t, "quick", "an old fix", "wrong")
	m := Open(d.kata, "proven", "quick")
	long := time.Now().Add(-unused - time.Hour)
	for _, text := range []string{"a fix", "an old fix"} {
		require.NoError(t, os.Chtimes(filepath.Join(m.dir, m.Key(d.exercise, map[string][]byte{"x.go": []byte(text)}, "wrong")), long, long))
	}
	var got row
	require.True(t, m.Recall(m.Key(d.exercise, map[string][]byte{"x.go": []byte("a fix")}, "wrong"), &got))
	assert.True(t, d.proven(t, "quick", "a fix", "wrong"))
	assert.False(t, d.proven(t, "quick", "an old fix", "wrong"))
}

// Half a file is no proof, and a cache that cannot be written to is no trouble.
func TestMemoryIsNotNeeded(t *testing.T) {
	d := newDesk(t)
	m := Open(d.kata, "proven", "quick")
	name := m.Key(d.exercise, nil, "wrong")
	require.NoError(t, os.WriteFile(filepath.Join(m.dir, name), []byte(`{"Verdict":"ra`), 0o644))
	assert.False(t, m.Recall(name, &row{}))

	require.NoError(t, os.RemoveAll(m.dir))
	m.Keep(name, row{}, true)
	assert.False(t, m.Recall(name, &row{}))
	require.NoError(t, os.WriteFile(m.dir, nil, 0o644))
	m = Open(d.kata, "proven", "quick")
	assert.Nil(t, m, "there is a file where the folder should be")
	m.Keep(m.Key(d.exercise, nil, "wrong"), row{}, true)
	assert.False(t, m.Recall(m.Key(d.exercise, nil, "wrong"), &row{}))
}
