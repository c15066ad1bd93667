package explore

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
)

// crossing are the packages with types that other types stand for. Code that hands a
// *testing.T to testify's suite hands it another one here, so suite has to be
// rewritten as well, and so has all between the two.
var crossing = map[string][]string{
	"testing":     {"T"},
	"sync":        {"Mutex", "RWMutex", "WaitGroup", "Once", "Pool", "Map", "Cond"},
	"io":          {"PipeWriter"},
	"sync/atomic": {"Bool", "Int32", "Int64", "Uint32", "Uint64", "Uintptr", "Pointer", "Value"},
}

// cross finds the dependencies that are to be rewritten since such types go in or
// come out. Packages come in the order of dependence, so one look back from those
// that use them is enough for what is exported, and one look on for what lies between.
func (s *Session) cross() {
	if s.Own {
		return
	}
	for i := len(s.packages) - 1; i >= 0; i-- {
		user := s.packages[i]
		if !user.instrumented() {
			continue
		}
		for _, path := range user.Imports {
			if p := s.dependency(path); p != nil && !p.instrumented() && p.exports() {
				p.crossed = true
			}
		}
	}
	for _, p := range s.packages {
		if s.rewritable(p) && !p.instrumented() && p.uses() && slices.ContainsFunc(p.Imports, func(path string) bool {
			q := s.dependency(path)
			return q != nil && q.crossed
		}) {
			p.crossed = true
		}
	}
}

func (s *Session) dependency(path string) *listed {
	if p := s.byPath[path]; p != nil && s.rewritable(p) {
		return p
	}
	return nil
}

// rewritable reports whether a copy of a dependency can be built in its stead.
func (s *Session) rewritable(p *listed) bool {
	return !p.Standard && p.Module != nil && strings.HasPrefix(p.Dir, s.env["GOMODCACHE"]+string(filepath.Separator))
}

// uses reports whether a package imports one with such types, other than io, which nearly
// all import for something else.
func (p *listed) uses() bool {
	return slices.ContainsFunc(p.Imports, func(path string) bool { return path != "io" && crossing[path] != nil })
}

// exports reports whether such a type is in what a package exports.
func (p *listed) exports() bool {
	imports := slices.ContainsFunc(p.Imports, func(path string) bool { return crossing[path] != nil })
	return imports && slices.ContainsFunc(p.parse(), exportsIn)
}

// parse reads a package's files, without those that do not parse.
func (p *listed) parse() (files []*ast.File) {
	for _, name := range p.GoFiles {
		if f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution); err == nil {
			files = append(files, f)
		}
	}
	return files
}

func exportsIn(f *ast.File) bool {
	names := map[string][]string{} // the types, by the name of their package in this file
	for _, im := range f.Imports {
		path := strings.Trim(im.Path.Value, "\"`")
		name := path[strings.LastIndexByte(path, '/')+1:]
		if im.Name != nil {
			name = im.Name.Name
		}
		if types := crossing[path]; types != nil {
			names[name] = types
		}
	}
	return slices.ContainsFunc(f.Decls, func(d ast.Decl) bool { return exportsType(d, names) })
}

// exportsType reports whether a declaration has such a type where others meet it: in
// a signature, a variable, or an exported field or method.
func exportsType(d ast.Decl, names map[string][]string) (found bool) {
	var look func(n ast.Node)
	look = func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.FuncType:
				eachParameter(x, look)
				return false
			case *ast.Field: // of a struct or an interface; what is embedded stays within
				if len(x.Names) == 0 || !exported(x.Names) {
					return false
				}
			case *ast.SelectorExpr:
				if id, ok := x.X.(*ast.Ident); ok && slices.Contains(names[id.Name], x.Sel.Name) {
					found = true
				}
			}
			return !found
		})
	}
	switch x := d.(type) {
	case *ast.FuncDecl:
		if x.Name.IsExported() {
			eachParameter(x.Type, look)
		}
	case *ast.GenDecl:
		for _, spec := range x.Specs {
			switch y := spec.(type) {
			case *ast.TypeSpec:
				if y.Name.IsExported() {
					look(y.Type)
				}
			case *ast.ValueSpec:
				if y.Type != nil && exported(y.Names) {
					look(y.Type)
				}
			}
		}
	}
	return found
}

// eachParameter looks at the types of a function's parameters and results.
func eachParameter(t *ast.FuncType, look func(ast.Node)) {
	for _, list := range []*ast.FieldList{t.Params, t.Results} {
		if list == nil {
			continue
		}
		for _, field := range list.List {
			look(field.Type)
		}
	}
}

func exported(names []*ast.Ident) bool { return slices.ContainsFunc(names, (*ast.Ident).IsExported) }
