package instrument

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// load type-checks the Go files of a folder.
func load(t *testing.T, dir, lang string, imp types.Importer, fset *token.FileSet) Package {
	t.Helper()
	found, err := build.Default.ImportDir(dir, 0)
	require.NoError(t, err)
	p := Package{Path: filepath.Base(dir), Fset: fset, Lang: lang, Target: true}
	var files []*ast.File
	for _, name := range append(found.GoFiles, found.TestGoFiles...) {
		path := filepath.Join(dir, name)
		src, err := os.ReadFile(path)
		require.NoError(t, err)
		a, err := parser.ParseFile(p.Fset, path, src, parser.ParseComments|parser.SkipObjectResolution)
		require.NoError(t, err)
		a.GoVersion = ""
		p.Files = append(p.Files, File{Path: path, Source: src, AST: a})
		files = append(files, a)
	}
	p.Info = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{},
	}
	conf := types.Config{Importer: imp, Error: func(error) {}, FakeImportC: true}
	p.Types, _ = conf.Check(p.Path, p.Fset, files, p.Info)
	return p
}

// places counts where each identifier of the author's stands, by the line that
// the compiler would report.
func places(fset *token.FileSet, f *ast.File) map[string]int {
	count := map[string]int{}
	ast.Inspect(f, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			count[fmt.Sprintf("%s:%d", id.Name, fset.Position(id.Pos()).Line)]++
		}
		return true
	})
	return count
}

// Rewritten code can still be parsed, and everything that its author wrote is still on
// the same line.
func TestEveryLineKeepsItsNumber(t *testing.T) {
	fset := token.NewFileSet()
	imp := importer.ForCompiler(fset, "source", nil)
	dirs := []string{"bufio", "container/list", "context", "encoding/json", "errors", "fmt", "go/parser", "go/types", "io", "log", "os/exec", "sync", "sync/atomic", "text/template", "time"}
	if testing.Short() {
		dirs = dirs[:3]
	}
	files := 0
	for _, dir := range dirs {
		for _, lang := range []string{"go1.18", "go1.25"} {
			p := load(t, filepath.Join(build.Default.GOROOT, "src", dir), lang, imp, fset)
			var sites Sites
			out, err := Rewrite(p, &sites, "rt")
			require.NoError(t, err)
			for _, f := range p.Files {
				files++
				again := token.NewFileSet()
				a, err := parser.ParseFile(again, f.Path, out.Files[f.Path], parser.ParseComments|parser.SkipObjectResolution)
				if !assert.NoError(t, err, f.Path) {
					continue
				}
				got := places(again, a)
				for place := range places(fset, f.AST) {
					name, _, _ := strings.Cut(place, ":")
					if got[place] == 0 && got[strings.Replace(place, name, namesFor(p.Files).prefix+name, 1)] == 0 && !replaced(name) {
						t.Errorf("%s: %s has moved", f.Path, place)
					}
				}
			}
		}
	}
	t.Logf("%d files", files)
}

// replaced are the names that do not come back as they were.
func replaced(name string) bool {
	switch name {
	case "Now", "Since", "Until", "Command", "CommandContext", "StartProcess", "Stack", "NumGoroutine", "exec", "Sleep", "After", "NewTimer", "NewTicker", "Tick", "AfterFunc", "WithTimeout", "WithDeadline", "WithTimeoutCause", "WithDeadlineCause",
		"Gosched", "NumCPU", "GOMAXPROCS", "Exit", "Notify", "NotifyContext", "Ignore", "Kill", "Signal", "signal", "syscall", "unix", "Fatal", "Fatalf", "Fatalln", "SetOutput", "Writer", "Reset", "Stop", "Next", "Err", "Cause", "close", "init", "time", "context", "runtime", "os", "log", "rand", "weak", "_":
		return true
	}
	return false
}
