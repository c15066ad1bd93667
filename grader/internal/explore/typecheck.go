package explore

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"heisenkata/grader/internal/explore/instrument"
)

// checker type-checks the packages that are instrumented, each in its place in
// the order of dependence; what they import beyond comes from export data.
type checker struct {
	rewriting
	byPath  map[string]*listed
	fset    *token.FileSet
	checked map[string]*types.Package
	gc      types.Importer
	parsed  map[string]*instrument.File
	done    map[string]bool // files and packages
	out     rewritten
}

// do type-checks and rewrites the packages. It reads files, and changes nothing.
func (r rewriting) do() (rewritten, error) {
	c := &checker{
		rewriting: r, byPath: map[string]*listed{}, fset: token.NewFileSet(), checked: map[string]*types.Package{},
		parsed: map[string]*instrument.File{}, done: map[string]bool{}, out: rewritten{Tests: map[string][]string{}, Other: map[string][]string{}},
	}
	c.gc = importer.ForCompiler(c.fset, "gc", c.open)
	for _, p := range r.Packages {
		c.byPath[p.ImportPath] = p
	}
	for _, p := range r.Packages {
		if err := c.one(p); err != nil {
			return rewritten{}, err
		}
	}
	return c.out, nil
}

func (c *checker) open(path string) (io.ReadCloser, error) {
	file := c.Exports[path]
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

func (c *checker) rewritten(path string) bool {
	return slices.ContainsFunc(c.Packages, func(p *listed) bool { return pathOf(p.ImportPath) == path })
}

// one type-checks a package, and rewrites those of its files that no variant of
// it has rewritten before.
func (c *checker) one(p *listed) error {
	ip := instrument.Package{Path: pathOf(p.ImportPath), Fset: c.fset, Lang: p.lang(), Target: c.isTarget(p), Rewritten: c.rewritten, Private: c.Private}
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
	c.out.Copied = append(c.out.Copied, ip.CopiedTimers()...)
	if c.hasVariant(p) || c.done[p.ImportPath] {
		return nil
	}
	out, err := instrument.Rewrite(ip, &c.out.Sites, moduleRT)
	if err != nil {
		return err
	}
	for _, path := range slices.Sorted(maps.Keys(out.Files)) {
		if !c.done[path] {
			c.done[path] = true
			c.out.Files = append(c.out.Files, file{path, out.Files[path]})
		}
	}
	if c.isTarget(p) {
		c.out.Tests[p.ForTest] = append(c.out.Tests[p.ForTest], out.Tests...)
		c.out.Other[p.ForTest] = append(c.out.Other[p.ForTest], out.Other...)
	}
	return nil
}

// hasVariant reports whether a package is type-checked again with its own tests,
// which see all of its files.
func (c *checker) hasVariant(p *listed) bool {
	return p.ForTest == "" && c.byPath[p.ImportPath+" ["+p.ImportPath+".test]"] != nil
}

func (c *checker) isTarget(p *listed) bool {
	return p.ForTest != "" && (pathOf(p.ImportPath) == p.ForTest || pathOf(p.ImportPath) == p.ForTest+"_test")
}

func (c *checker) parse(p *listed, path string) (*instrument.File, error) {
	if f := c.parsed[path]; f != nil && p.ForTest == "" {
		return f, nil
	}
	src, err := os.ReadFile(cmp.Or(c.Overlay[path], path))
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
