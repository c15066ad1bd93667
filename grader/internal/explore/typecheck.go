package explore

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"heisenkata/grader/internal/explore/instrument"
)

// checker type-checks the packages that are instrumented, each in its place in
// the order of dependence; what they import beyond comes from export data.
type checker struct {
	*Session
	fset    *token.FileSet
	exports map[string]string // import path to file
	checked map[string]*types.Package
	gc      types.Importer
	parsed  map[string]*instrument.File
}

// rewrite type-checks and rewrites the packages.
func (s *Session) rewrite(ctx context.Context) error {
	c := &checker{Session: s, fset: token.NewFileSet(), checked: map[string]*types.Package{}, parsed: map[string]*instrument.File{}}
	if err := c.findExports(ctx); err != nil {
		return err
	}
	c.gc = importer.ForCompiler(c.fset, "gc", c.open)
	done := map[string]bool{}
	for _, p := range s.packages {
		if !p.instrumented() {
			continue
		}
		if err := c.one(p, done); err != nil {
			return err
		}
	}
	return nil
}

// findExports finds the export data of all that is imported and not instrumented.
// It is in the build cache, or goes there.
func (c *checker) findExports(ctx context.Context) error {
	var paths []string
	for _, p := range c.packages {
		for _, path := range p.Imports {
			q := c.byPath[path]
			if p.instrumented() && path != "C" && path != "unsafe" && (q == nil || !q.instrumented()) && !slices.Contains(paths, pathOf(path)) {
				paths = append(paths, pathOf(path))
			}
		}
	}
	c.exports = map[string]string{}
	paths = slices.DeleteFunc(paths, c.exported)
	if len(paths) == 0 {
		return nil
	}
	args := slices.Concat([]string{"list", "-e", "-export", "-f", "{{.ImportPath}}\t{{.Export}}"}, c.buildFlags(), c.modFlags())
	out, err := c.goRun(ctx, c.Env, append(append(args, "--"), paths...)...)
	if err != nil {
		return err
	}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		path, file, _ := strings.Cut(lines.Text(), "\t")
		c.exports[path] = file
	}
	return nil
}

// exported takes the export data of a package from what is known, if it is there.
func (c *checker) exported(path string) bool {
	file := c.Exports[path]
	if _, err := os.Stat(file); err != nil {
		return false
	}
	c.exports[path] = file
	return true
}

func (c *checker) open(path string) (io.ReadCloser, error) {
	file := c.exports[path]
	if file == "" {
		return nil, fmt.Errorf("no export data for %s", path)
	}
	return os.Open(file)
}

// importFor is an importer for one package, whose imports may mean variants.
type importFor struct {
	*checker
	of *listed
}

func (i importFor) Import(path string) (*types.Package, error) {
	if mapped := i.of.ImportMap[path]; mapped != "" {
		path = mapped
	}
	if p := i.checked[path]; p != nil {
		return p, nil
	}
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	return i.gc.Import(pathOf(path))
}

// one type-checks a package, and rewrites those of its files that no variant of
// it has rewritten before.
func (c *checker) one(p *listed, done map[string]bool) error {
	ip := instrument.Package{Path: pathOf(p.ImportPath), Fset: c.fset, Lang: p.lang(), Target: c.isTarget(p)}
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := c.parse(p, filepath.Join(p.Dir, name))
		if err != nil {
			return nil // go list has said so; the build says it again, with the package's name
		}
		ip.Files = append(ip.Files, *f)
		files = append(files, f.AST)
	}
	ip.Info = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{}, Instances: map[*ast.Ident]types.Instance{},
	}
	conf := types.Config{Importer: importFor{c, p}, Error: func(error) {}, Sizes: types.SizesFor("gc", runtime.GOARCH), FakeImportC: true}
	ip.Types, _ = conf.Check(ip.Path, c.fset, files, ip.Info) // what does not compile, the build tells
	c.checked[p.ImportPath] = ip.Types
	if c.hasVariant(p) || done[p.ImportPath] {
		return nil
	}
	out, err := instrument.Rewrite(ip, &c.sites, moduleRT)
	if err != nil {
		return err
	}
	for path, text := range out.Files {
		if done[path] {
			continue
		}
		done[path] = true
		if err := c.put(p, path, text); err != nil {
			return err
		}
	}
	c.addTests(p, out.Tests)
	return nil
}

// hasVariant tells whether a package is type-checked again with its own tests,
// which see all of its files.
func (c *checker) hasVariant(p *listed) bool {
	return p.ForTest == "" && c.byPath[p.ImportPath+" ["+p.ImportPath+".test]"] != nil
}

func (c *checker) isTarget(p *listed) bool {
	return p.ForTest != "" && (pathOf(p.ImportPath) == p.ForTest || pathOf(p.ImportPath) == p.ForTest+"_test")
}

func (c *checker) addTests(p *listed, tests []string) {
	for _, t := range c.targets {
		if c.isTarget(p) && t.path == p.ForTest {
			t.tests = append(t.tests, tests...)
		}
	}
}

func (c *checker) parse(p *listed, path string) (*instrument.File, error) {
	if f := c.parsed[path]; f != nil && p.ForTest == "" {
		return f, nil
	}
	src, err := c.read(path)
	if err != nil {
		return nil, err
	}
	a, err := parser.ParseFile(c.fset, path, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	a.GoVersion = ""
	f := &instrument.File{Path: path, Source: src, AST: a}
	c.parsed[path] = f
	return f, nil
}
