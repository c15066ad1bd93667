package verify

import (
	"go/ast"
	"go/parser"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/kata"
)

// A test that passes reaches its end: a return is for a failure, or of a function in it.
func TestReturnsEarly(t *testing.T) {
	for body, early := range map[string]bool{
		`f(); g()`:                                  false,
		`if err == nil { f(); return }; g()`:        true,
		`for range 3 { if n > 1 { return } }`:       true,
		`if err == nil { f() } else { g() }`:        false,
		`if t.Failed() { return }; g()`:             false,
		`if !assert.Equal(t, 1, n) { return }; g()`: false,
		`if got != want { t.Error(); return }`:      false,
		`go func() { return }()`:                    false,
		`if !ok { f() } else { return }`:            true,
	} {
		f, err := parser.ParseExpr("func() { " + body + " }")
		require.NoError(t, err, body)
		assert.Equal(t, early, returnsEarly(f.(*ast.FuncLit).Body), body)
	}
}

// No exercise has anything to correct that can be seen without running it.
func TestTreesAreAsTheyShouldBe(t *testing.T) {
	k, err := kata.Load("../../..")
	require.NoError(t, err)
	for _, e := range k.Exercises {
		_, problems := Tree(k, e)
		assert.Empty(t, problems, e.ID)
	}
}

// copied returns a tree with a copy of hit-counter.
func copied(t *testing.T) (kata.Kata, kata.Exercise) {
	t.Helper()
	k, err := kata.Load("../../..")
	require.NoError(t, err)
	e, err := k.Find("hit-counter")
	require.NoError(t, err)
	root := t.TempDir()
	for _, dir := range []string{e.Dir, e.Solution()} {
		require.NoError(t, os.CopyFS(filepath.Join(root, dir), os.DirFS(filepath.Join(k.Root, dir))))
	}
	page := filepath.Join(root, filepath.Dir(e.Dir), "README.md")
	require.NoError(t, os.WriteFile(page, []byte("# Shared state\n"), 0o644))
	k.Root, k.Exercises = root, []kata.Exercise{e}
	return k, e
}

// edit changes a text in a file of a tree, everywhere.
func edit(t *testing.T, k kata.Kata, name, old, with string) {
	t.Helper()
	name = filepath.Join(k.Root, filepath.FromSlash(name))
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Contains(t, string(text), old, name)
	require.NoError(t, os.WriteFile(name, []byte(strings.ReplaceAll(string(text), old, with)), 0o644))
}

// A copy has nothing to correct, so what the tests below find is what they have spoiled.
func TestCopyIsAsItShouldBe(t *testing.T) {
	k, e := copied(t)
	variants, problems := Tree(k, e)
	assert.Empty(t, problems)
	assert.NotEmpty(t, variants)
}

// Of tests that do not parse nothing is told but that, and nothing is graded by them.
func TestTestFileThatDoesNotParse(t *testing.T) {
	k, e := copied(t)
	edit(t, k, e.Dir+"/hitcounter_test.go", "func TestMain(", "func TestMain((")
	variants, problems := Tree(k, e)
	require.Len(t, problems, 1, problems)
	assert.Contains(t, problems[0], "a file does not parse: "+e.Dir+"/hitcounter_test.go:")
	assert.Empty(t, variants)

	_, err := Mutants(k, e)
	assert.ErrorContains(t, err, "a file does not parse", "no mutant was graded either")
}
