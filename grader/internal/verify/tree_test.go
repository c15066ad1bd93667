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
	assert.Zero(t, len(variants))

	_, err := Mutants(k, e)
	assert.ErrorContains(t, err, "a file does not parse", "no mutant was graded either")
}

// Files of one folder are of one package, and what cannot be compiled is not graded.
func TestFileOfAnotherPackage(t *testing.T) {
	for name, told := range map[string]string{
		"hitcounter_test.go": "says package hitcounters_test; a file of hit-counter says package hitcounter_test or hitcounter",
		"schedule_test.go":   "says package hitcounters_test; a file of hit-counter says package hitcounter_test or hitcounter",
	} {
		k, e := copied(t)
		edit(t, k, e.Dir+"/"+name, "package hitcounter_test", "package hitcounters_test")
		variants, problems := Tree(k, e)
		assert.Equal(t, []string{e.Dir + "/" + name + " " + told}, problems)
		assert.Zero(t, len(variants))
	}

	k, e := copied(t)
	edit(t, k, e.Dir+"/schedule_test.go", "package hitcounter_test", "package hitcounter")
	_, problems := Tree(k, e)
	assert.Empty(t, problems, "a test may be of the package itself")
}

// A fix that is of another package, or does not parse, is not graded. The others are.
func TestFixThatCannotBeCompiled(t *testing.T) {
	for _, c := range []struct{ old, with, told string }{
		{"package hitcounter\n", "package hitcounter_test\n", "says package hitcounter_test; a file of hit-counter says package hitcounter"},
		{"package hitcounter\n", "package hitcounter\n\nfunc {\n", "a file does not parse: "},
	} {
		for _, dir := range []string{"", "/testdata/right/owner-channel", "/testdata/wrong/local-mutex"} {
			k, e := copied(t)
			before, _ := Tree(k, e)
			edit(t, k, e.Solution()+dir+"/hitcounter.go", c.old, c.with)
			variants, problems := Tree(k, e)
			require.Len(t, problems, 1, problems)
			assert.Contains(t, problems[0], c.told)
			assert.Contains(t, problems[0], e.Solution()+dir+"/hitcounter.go")
			assert.Len(t, variants, len(before)-1)
		}
	}
}

// The learner's file, and one that is not listed, are in the same folder as the tests.
func TestExerciseOfAnotherPackage(t *testing.T) {
	k, e := copied(t)
	edit(t, k, e.Dir+"/hitcounter.go", "package hitcounter\n", "package counter\n")
	_, problems := Tree(k, e)
	assert.Contains(t, problems, e.Dir+"/hitcounter.go says package counter; a file of hit-counter says package hitcounter")

	k, e = copied(t)
	extra := filepath.Join(k.Root, e.Dir, "extra.go")
	require.NoError(t, os.WriteFile(extra, []byte("package extra\n"), 0o644))
	variants, problems := Tree(k, e)
	assert.Equal(t, []string{e.Dir + "/extra.go is not listed in the manifest", e.Dir + "/extra.go says package extra; a file of hit-counter says package hitcounter"}, problems)
	assert.Zero(t, len(variants), "it is compiled with every fix")
}

// Without a TestMain that reports, every process of the tests looks like a broken machine.
func TestTestsThatDoNotReport(t *testing.T) {
	const main = "func TestMain(m *testing.M) { oracle.Main(m) }\n\n"
	for _, with := range []string{"", "// " + main, "func TestMain(m *testing.M) { os.Exit(m.Run()) }\n\n", "func testMain(m *testing.M) { oracle.Main(m) }\n\n"} {
		k, e := copied(t)
		edit(t, k, e.Dir+"/hitcounter_test.go", main, with)
		variants, problems := Tree(k, e)
		require.NotEmpty(t, problems, with)
		assert.Contains(t, problems[0], e.Dir+" has no TestMain that reports to the grader; write `func TestMain(m *testing.M) { oracle.Main(m) }`", with)
		assert.Zero(t, len(variants), with)
	}
}
