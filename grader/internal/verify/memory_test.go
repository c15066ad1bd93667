package verify

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

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

// proven tells whether a new run remembers the proof about a text, and proves it if not.
func (d desk) proven(t *testing.T, settings, text, claim string) bool {
	t.Helper()
	m := Remember(d.kata, settings)
	require.NotNil(t, m)
	name := m.name(d.exercise, map[string][]byte{"x.go": []byte(text)}, claim)
	var row Row
	if m.recall(name, &row) {
		assert.Equal(t, Row{Verdict: evidence.Race, Gradings: 3, Seconds: 1.5}, row)
		return true
	}
	m.keep(name, Row{Verdict: evidence.Race, Gradings: 3, Seconds: 1.5}, true)
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

// A proof that has not held when it was tried again is none.
func TestMemoryOfWhatDoesNotHold(t *testing.T) {
	d := newDesk(t)
	d.proven(t, "quick", "a fix", "wrong")
	m := Remember(d.kata, "quick")
	m.keep(m.name(d.exercise, map[string][]byte{"x.go": []byte("a fix")}, "wrong"), Row{}, false)
	assert.False(t, d.proven(t, "quick", "a fix", "wrong"))
}

// What no run has asked for in a while is forgotten; what one has asked for is not.
func TestMemoryForgets(t *testing.T) {
	d := newDesk(t)
	d.proven(t, "quick", "a fix", "wrong")
	d.proven(t, "quick", "an old fix", "wrong")
	m := Remember(d.kata, "quick")
	long := time.Now().Add(-unused - time.Hour)
	for _, text := range []string{"a fix", "an old fix"} {
		require.NoError(t, os.Chtimes(m.name(d.exercise, map[string][]byte{"x.go": []byte(text)}, "wrong"), long, long))
	}
	var row Row
	require.True(t, m.recall(m.name(d.exercise, map[string][]byte{"x.go": []byte("a fix")}, "wrong"), &row))
	assert.True(t, d.proven(t, "quick", "a fix", "wrong"))
	assert.False(t, d.proven(t, "quick", "an old fix", "wrong"))
}

// Half a file is no proof, and a cache that cannot be written to is no trouble.
func TestMemoryIsNotNeeded(t *testing.T) {
	d := newDesk(t)
	m := Remember(d.kata, "quick")
	name := m.name(d.exercise, nil, "wrong")
	require.NoError(t, os.WriteFile(name, []byte(`{"Verdict":"ra`), 0o644))
	assert.False(t, m.recall(name, &Row{}))

	require.NoError(t, os.RemoveAll(m.dir))
	m.keep(name, Row{}, true)
	assert.False(t, m.recall(name, &Row{}))
	require.NoError(t, os.WriteFile(m.dir, nil, 0o644))
	assert.Nil(t, Remember(d.kata, "quick"), "there is a file where the folder should be")
}
