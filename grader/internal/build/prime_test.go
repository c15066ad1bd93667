package build

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/submission"
)

// A step is repeated once anything that it made is gone.
func TestStamp(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one-d"), filepath.Join(dir, "two-d")
	s := stamp{filepath.Join(dir, "cache", "primed-x")}
	made := func(s stamp) map[string]string {
		files, ok := s.made()
		assert.Equal(t, ok, files != nil)
		return files
	}
	assert.Nil(t, made(s), "never taken")
	for _, name := range []string{one, two} {
		require.NoError(t, os.WriteFile(name, nil, 0o644))
	}
	s.keep([]byte("net/http\na.org/one\t" + one + "\nunsafe\t\n\ntwo\t" + two + "\nfmt\n"))
	assert.Equal(t, map[string]string{"a.org/one": one, "two": two}, made(s))
	require.NoError(t, os.Remove(two))
	assert.Nil(t, made(s))
	entries, err := os.ReadDir(filepath.Join(dir, "cache"))
	require.NoError(t, err)
	assert.Len(t, entries, 1, "nothing half-written is left")

	stamp{}.keep([]byte("one\t" + one))
	assert.Nil(t, made(stamp{}), "without a cache folder it is taken every time")
	stamp{filepath.Join(one, "below-a-file")}.keep([]byte("one\t" + one))
}

// Everything that affects the result of a step is part of its name.
func TestStampsDiffer(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	seen := map[string]bool{}
	for _, settings := range []map[string]string{{"GOVERSION": "go1.26.8"}, {"GOVERSION": "go1.26.9"}, {"GOVERSION": "go1.26.8", "GOCACHE": "/c"}} {
		for _, step := range []string{"race", "plain", "vet"} {
			for _, packages := range [][]string{{"fmt"}, {"fmt", "os"}, {"fmt os"}} {
				for _, sums := range []string{"", "a v1 h1:x"} {
					s := (&Toolchain{settings: settings}).stamp(step, packages, []byte(sums))
					assert.False(t, seen[s.file])
					seen[s.file] = true
				}
			}
		}
	}
}

// What one grading has compiled, the next need not compile again, even though its
// staging is in another folder.
func TestStampsOutliveTheirStaging(t *testing.T) {
	first, second := staged(t), staged(t)
	require.NotEqual(t, first.Dir, second.Dir)
	assert.Equal(t, sumsOf(first.Dir), sumsOf(second.Dir))
}

// staged returns a staging of the first exercise with its model fix.
func staged(t *testing.T) *Staging { return stagedWith(t, "") }

// stagedWith is a staging of the first exercise with a fix; with its model fix, if that is empty.
func stagedWith(t *testing.T, fix string) *Staging {
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	k, err := kata.Load(root)
	require.NoError(t, err)
	e := k.Exercises[0]
	sub, err := submission.Read(root, e, e.Solution())
	require.NoError(t, err)
	if fix != "" {
		sub.Files[e.Files[0]] = []byte(fix)
	}
	st, err := Stage(&Toolchain{root: root}, k, e, sub)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, st.Close()) })
	return st
}
