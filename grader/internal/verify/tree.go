package verify

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"heisenkata/grader/internal/kata"
)

// The fewest fixes that an exercise ships beside its model fix.
const (
	fewestRight = 1
	fewestWrong = 4
)

// Tree looks at an exercise without running it: whether everything is there, listed,
// formatted and readable. It returns the variants to run, and what is wrong.
func Tree(k kata.Kata, e kata.Exercise) (variants []Variant, problems []string) {
	t := &tree{root: os.DirFS(k.Root), exercise: e}
	t.texts()
	t.sources()
	t.starter()
	t.add(Variant{Exercise: e, Kind: Model, Dir: e.Solution()})
	t.family(Right, fewestRight)
	t.family(Wrong, fewestWrong)
	if !t.tested || t.broken {
		return nil, t.problems // there is nothing to grade them by
	}
	return t.variants, t.problems
}

// add adds a variant to those that are graded, if it has all its files.
func (t *tree) add(v Variant) {
	if t.files(v.Dir) {
		t.variants = append(t.variants, v)
	}
}

type tree struct {
	root     fs.FS
	exercise kata.Exercise
	variants []Variant
	problems []string
	tested   bool // it has one of the manifest's tests
	broken   bool // its tests cannot be compiled, or do not report
}

// source is a Go file that parses.
type source struct {
	name string // slash path from the root
	*ast.File
}

func (t *tree) wrong(format string, args ...any) {
	t.problems = append(t.problems, fmt.Sprintf(format, args...))
}

// texts checks that the texts for readers exist.
func (t *tree) texts() {
	for _, name := range []string{path.Dir(t.exercise.Dir) + "/README.md", t.exercise.Dir + "/README.md", t.exercise.Solution() + "/README.md"} {
		if text, err := fs.ReadFile(t.root, name); err != nil || len(bytes.TrimSpace(text)) == 0 {
			t.wrong("%s is missing or empty", name)
		}
	}
}

// sources checks that every file of the exercise is known, and that the tests
// in them are those of the manifest.
func (t *tree) sources() {
	entries, err := fs.ReadDir(t.root, t.exercise.Dir)
	if err != nil {
		t.wrong("%v", err)
		return
	}
	var tests []source
	for _, entry := range entries {
		name := path.Join(t.exercise.Dir, entry.Name())
		switch base := entry.Name(); {
		case strings.HasSuffix(base, ".bak"): // kept by `grader reset`
		case base == "README.md" || base == kata.ManifestName || base == "testdata":
		case slices.Contains(t.exercise.Files, base):
			t.shipped(name)
		case strings.HasSuffix(base, "_test.go"):
			tests = append(tests, t.testFile(name))
		default:
			t.unlisted(name)
		}
	}
	if !t.broken { // what is in a file that does not parse is unknown
		t.compare(tests)
		t.reports(tests)
	}
}

// reports checks that the tests report to the grader: no process of theirs does otherwise.
func (t *tree) reports(files []source) {
	if slices.ContainsFunc(files, source.callsOracle) {
		return
	}
	t.broken = true
	t.wrong("%s has no TestMain that reports to the grader; write `func TestMain(m *testing.M) { oracle.Main(m) }` in one of its test files", t.exercise.Dir)
}

// callsOracle reports whether a file has a TestMain that leaves the tests to oracle.Main.
func (file source) callsOracle() (calls bool) {
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv != nil || f.Name.Name != "TestMain" || f.Body == nil {
			continue
		}
		ast.Inspect(f.Body, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			calls = calls || ok && types.ExprString(call.Fun) == "oracle.Main"
			return !calls
		})
	}
	return calls
}

// shipped checks a file of the starter where learners find it. What is graded is its copy.
func (t *tree) shipped(name string) {
	if text, err := fs.ReadFile(t.root, name); err == nil {
		t.parsed(name, text)
	}
}

// unlisted checks a file that the manifest does not list. If it is of Go, it is compiled with
// the tests.
func (t *tree) unlisted(name string) {
	t.wrong("%s is not listed in the manifest", name)
	if text, err := fs.ReadFile(t.root, name); err == nil && strings.HasSuffix(name, ".go") {
		_, ok := t.parsed(name, text)
		t.broken = t.broken || !ok
	}
}

// testFile checks a file of tests, and returns what is in it.
func (t *tree) testFile(name string) source {
	file, ok := t.code(name)
	t.broken = t.broken || !ok
	return file
}

// compare holds the tests in the files against those of the manifest.
func (t *tree) compare(files []source) {
	var tests []string
	for _, file := range files {
		tests = append(tests, t.tests(file)...)
	}
	listed := map[string]bool{}
	for _, want := range t.exercise.Tests {
		listed[want.Name] = true
		if slices.Contains(tests, want.Name) {
			t.tested = true
		} else {
			t.wrong("the manifest lists %s, and no test file has it", want.Name)
		}
	}
	for _, name := range tests {
		if !listed[name] {
			t.wrong("%s is not listed in the manifest", name)
		}
	}
}

// tests returns the test functions of a file.
func (t *tree) tests(file source) (names []string) {
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") && f.Name.Name != "TestMain" {
			names = append(names, f.Name.Name)
			if returnsEarly(f.Body) {
				t.wrong("%s: %s may return early and pass, and the grader asks for all of its steps; use if and else", file.name, f.Name.Name)
			}
		}
	}
	return names
}

// returnsEarly reports whether a test has a return that is not for a failure: one whose
// condition denies nothing and does not ask whether the test has failed.
func returnsEarly(body ast.Node) (early bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.IfStmt:
			if n.Else == nil && aboutFailure(n.Cond) {
				return false
			}
		case *ast.ReturnStmt:
			early = true
		}
		return !early
	})
	return early
}

func aboutFailure(cond ast.Expr) (about bool) {
	ast.Inspect(cond, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.UnaryExpr:
			about = about || n.Op == token.NOT
		case *ast.BinaryExpr:
			about = about || n.Op == token.NEQ
		case *ast.SelectorExpr:
			about = about || n.Sel.Name == "Failed"
		}
		return !about
	})
	return about
}

// starter checks that the shipped starter is the one that reset brings back. It
// also says so where a learner has begun to fix an exercise: verify is for trees
// in which none has.
func (t *tree) starter() {
	t.add(Variant{Exercise: t.exercise, Kind: Starter, Dir: t.exercise.Starter()})
	for _, name := range t.exercise.Files {
		shipped, err := fs.ReadFile(t.root, path.Join(t.exercise.Dir, name))
		kept, keptErr := fs.ReadFile(t.root, path.Join(t.exercise.Starter(), name))
		if err == nil && keptErr == nil && !bytes.Equal(shipped, kept) {
			t.wrong("%s/%s is not the starter that %s keeps; copy the one you mean over the other", t.exercise.Dir, name, t.exercise.Starter())
		}
	}
}

// files checks that a folder has each file of the manifest, formatted. It reports whether
// they are all there and can be compiled together.
func (t *tree) files(dir string) (whole bool) {
	whole = true
	for _, name := range t.exercise.Files {
		_, ok := t.code(path.Join(dir, name))
		whole = ok && whole
	}
	return whole
}

// code checks that a Go file is there, can be compiled, as far as its syntax shows, and is
// formatted. It returns what is in it, if it can be compiled.
func (t *tree) code(name string) (file source, ok bool) {
	text, err := fs.ReadFile(t.root, name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = errors.New("it is missing")
		}
		t.wrong("%s: every variant has every file of the manifest: %v", name, err)
		return file, false
	}
	if file, ok = t.parsed(name, text); !ok {
		return file, false
	}
	if clean, err := format.Source(text); err != nil || !bytes.Equal(clean, text) {
		t.wrong("%s is not formatted; run gofmt on it", name)
	}
	return file, true
}

// parsed checks that a file parses, and is of the exercise's package.
func (t *tree) parsed(name string, text []byte) (file source, ok bool) {
	parsed, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
	if err != nil {
		t.wrong("a file does not parse: %v", err)
		return file, false
	}
	if want := packages(t.exercise, name); !slices.Contains(want, parsed.Name.Name) {
		t.wrong("%s says package %s; a file of %s says package %s", name, parsed.Name.Name, t.exercise.ID, strings.Join(want, " or "))
		return file, false
	}
	return source{name, parsed}, true
}

// packages are the names of packages that a file of an exercise may have.
func packages(e kata.Exercise, name string) []string {
	if strings.HasSuffix(name, "_test.go") {
		return []string{e.PackageName() + "_test", e.PackageName()}
	}
	return []string{e.PackageName()}
}

// family collects the right or the wrong fixes.
func (t *tree) family(kind Kind, fewest int) {
	dir := path.Join(t.exercise.Solution(), "testdata", string(kind))
	entries, err := fs.ReadDir(t.root, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.wrong("%v", err)
	}
	if len(entries) < fewest {
		t.wrong("%s has %d fixes; an exercise ships at least %d", dir, len(entries), fewest)
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			t.wrong("%s/%s is a file: a fix is a folder that has the exercise's files", dir, entry.Name())
			continue
		}
		v := Variant{Exercise: t.exercise, Kind: kind, Name: entry.Name(), Dir: path.Join(dir, entry.Name())}
		if kind == Wrong {
			v.Claim = t.claim(v)
		}
		t.add(v)
	}
}

// claim reads what the first file of a wrong fix says of it.
func (t *tree) claim(v Variant) Claim {
	name := path.Join(v.Dir, t.exercise.Files[0])
	source, err := fs.ReadFile(t.root, filepath.ToSlash(name))
	if err != nil {
		return Claim{} // files has said so
	}
	c, err := ParseClaim(source)
	if err != nil {
		t.wrong("%s: %v", name, err)
	}
	if c.Test != "" && !slices.ContainsFunc(t.exercise.Tests, func(k kata.Test) bool { return k.Name == c.Test }) {
		t.wrong("%s: the manifest has no %s", name, c.Test)
	}
	return c
}
