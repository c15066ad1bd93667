package submission

import (
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A fix is compiled as it is written, except that packages with an unseen function that
// it uses are imported from elsewhere.
func TestSeen(t *testing.T) {
	const seen = `"heisenkata/exercises/internal/seen/`
	for source, want := range map[string]string{
		`package p; import "slices"; var _ = slices.Sort[[]int]`:                                              "",
		`package p; import "maps"; import "slices"; var _ = slices.Delete[int]`:                               `package p; import "maps"; import slices ` + seen + `slices"; var _ = slices.Delete[int]`,
		"package p\nimport (\n\t\"maps\"\n\ts `slices` // é\n)\nfunc f() { m = maps.Clone(m); s.Compact(x) }": "package p\nimport (\n\tmaps " + seen + "maps\"\n\ts " + seen + "slices\" // é\n)\nfunc f() { m = maps.Clone(m); s.Compact(x) }",
		`package p; import "slices"; import s "slices"; func f() { s.Replace(slices.Clone(x), 0, 1) }`:        `package p; import "slices"; import s ` + seen + `slices"; func f() { s.Replace(slices.Clone(x), 0, 1) }`,
		`package p; import "strconv"; func f() { b = strconv.AppendInt(b, 1, 10) }`:                           `package p; import strconv ` + seen + `strconv"; func f() { b = strconv.AppendInt(b, 1, 10) }`,
		`package p; import "strconv"; func f() { s = strconv.Itoa(1) }`:                                       "",
		`package p; import "strings"; var _ = strings.Replace`:                                                "",
		`package p; import "slices"; func f() { slices.Delete(`:                                               "",
		`package p; import "fmt"; var _ = fmt.Sprint`:                                                         `package p; import fmt ` + seen + `fmt"; var _ = fmt.Sprint`,
		`package p; import "sync"; var c *sync.Cond; func f() { c.L.Lock(); c = sync.NewCond(c.L) }`:          `package p; import sync ` + seen + `sync"; var c *sync.Cond; func f() { c.L.Lock(); c = sync.NewCond(c.L) }`,
		`package p; import "sync"; var c, d *sync.Cond; func f() { c.L.Lock(); c.L.Unlock(); d.Wait() }`:      "",
		`package p; import "sync"; var p = sync.Pool{New: f}`:                                                 `package p; import sync ` + seen + `sync"; var p = sync.Pool{New: f}`,
		`package p; import s "sync"; var c s.Cond`:                                                            `package p; import s ` + seen + `sync"; var c s.Cond`,
		`package p; import "sync"; func f(c *sync.Cond) { *c = sync.Cond{L: l} }`:                             `package p; import sync ` + seen + `sync"; func f(c *sync.Cond) { *c = sync.Cond{L: l} }`,
	} {
		if want == "" {
			want = source
		}
		assert.Equal(t, want, string(Seen([]byte(source), false)))
	}
}

func TestSuitesPrint(t *testing.T) {
	const source = `package p; import "fmt"; import "slices"; func F() { fmt.Print(slices.Delete(x, 1, 2)) }`
	assert.Equal(t, strings.Replace(source, `"slices"`, `slices "heisenkata/exercises/internal/seen/slices"`, 1), string(Seen([]byte(source), true)))
}

// Each stand-in package has what the standard library's has, with the same types, and
// passes on what the race detector sees.
func TestStandInsAreWhole(t *testing.T) {
	for _, name := range []string{"maps", "slices", "strconv", "fmt", "sync"} {
		theirs, _ := declared(t, standard(t, name))
		ours, passedOn := declared(t, filepath.Join("../../../exercises/internal/seen", name))
		assert.Equal(t, slices.Sorted(maps.Keys(theirs)), slices.Sorted(maps.Keys(ours)))
		for function := range ours {
			if !strings.HasPrefix(ours[function], "func") {
				continue // a type, which is the library's own but for Cond
			}
			assert.Equal(t, theirs[function], ours[function])
			if name == "fmt" || function == "NewCond" {
				continue
			}
			unseen := isUnseen(name, function)
			assert.NotEqual(t, unseen, slices.Contains(passedOn, function), "%s.%s", name, function)
		}
	}
}

// declared are the types of a package's exported functions, and those that only pass
// their arguments on to the function of the same name.
func declared(t *testing.T, dir string) (signatures map[string]string, passedOn []string) {
	set := token.NewFileSet()
	var files []*ast.File
	built, err := build.ImportDir(dir, 0)
	require.NoError(t, err)
	for _, name := range built.GoFiles {
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		file, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, file)
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && passesOn(f) {
				passedOn = append(passedOn, f.Name.Name)
			}
		}
	}
	config := types.Config{IgnoreFuncBodies: true, Importer: importer.ForCompiler(set, "source", nil)}
	pkg, err := config.Check(filepath.Base(dir), set, files, nil)
	require.NoError(t, err)
	signatures = map[string]string{}
	for _, name := range pkg.Scope().Names() {
		if token.IsExported(name) {
			signatures[name] = types.ObjectString(pkg.Scope().Lookup(name), nil)
		}
	}
	return signatures, passedOn
}

// passesOn reports whether a function is a single call of std's function of its name.
func passesOn(f *ast.FuncDecl) bool {
	if f.Body == nil || len(f.Body.List) != 1 {
		return false
	}
	for n := range ast.Preorder(f.Body.List[0]) {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			id, ok := sel.X.(*ast.Ident)
			return ok && id.Name == "std" && sel.Sel.Name == f.Name.Name
		}
	}
	return false
}
