package explore

import (
	"go/ast"
	"slices"
)

// crossStarters finds the dependencies that start goroutines to run functions of the
// code under test, as testify's Eventually does. As long as they are not rewritten,
// the schedule decides neither when such a goroutine goes on nor which case is taken
// by the select that waits for it. Only what the code names counts: most code that
// uses testify has no use for Eventually, and pays nothing.
func (s *Session) crossStarters() {
	if s.Own {
		return
	}
	known := map[*listed][]string{}
	for _, user := range s.packages {
		if !user.instrumented() || user.crossed {
			continue
		}
		named := user.selectors()
		for _, p := range s.reach(user) {
			if _, ok := known[p]; !ok {
				known[p] = startersIn(p.parse())
			}
			p.crossed = slices.ContainsFunc(known[p], func(name string) bool { return named[name] })
		}
	}
}

// reach are the dependencies whose functions a package calls, itself or by way of
// another that passes its arguments on, as testify's require does to assert.
func (s *Session) reach(user *listed) (found []*listed) {
	add := func(path string) *listed {
		p := s.dependency(path)
		if p != nil && !p.instrumented() && !slices.Contains(found, p) {
			found = append(found, p)
		}
		return p
	}
	for _, path := range user.Imports {
		if p := add(path); p != nil {
			for _, next := range p.Imports {
				add(next)
			}
		}
	}
	return found
}

// selectors are the names that a package has after a dot.
func (p *listed) selectors() map[string]bool {
	named := map[string]bool{}
	for _, f := range p.parse() {
		ast.Inspect(f, func(n ast.Node) bool {
			if x, ok := n.(*ast.SelectorExpr); ok {
				named[x.Sel.Name] = true
			}
			return true
		})
	}
	return named
}

// startersIn are the names of a package's exported functions and methods that take a
// function, other than options, and start goroutines. It goes by names alone, and so takes
// a method for another one of its name: that costs no more than a package that is
// rewritten and need not be.
func startersIn(files []*ast.File) (names []string) {
	types := functionTypes(files)
	takes, starts, calls := map[string]bool{}, map[string]bool{}, map[string][]string{}
	eachDecl(files, func(d ast.Decl) {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			return
		}
		name := f.Name.Name
		takes[name] = takes[name] || slices.ContainsFunc(f.Type.Params.List, func(p *ast.Field) bool { return isFunction(p.Type, types) })
		ast.Inspect(f.Body, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.GoStmt:
				starts[name] = true
			case *ast.CallExpr:
				calls[name] = append(calls[name], calledName(x))
			}
			return true
		})
	})
	spread(starts, calls)
	for name := range starts {
		if takes[name] && ast.IsExported(name) {
			names = append(names, name)
		}
	}
	return names
}

// spread adds to the functions that start goroutines those that call one of them.
func spread(starts map[string]bool, calls map[string][]string) {
	for more := true; more; {
		more = false
		for name, called := range calls {
			if !starts[name] && slices.ContainsFunc(called, func(c string) bool { return starts[c] }) {
				starts[name], more = true, true
			}
		}
	}
}

// functionTypes are the names of a package's types that are functions.
func functionTypes(files []*ast.File) map[string]bool {
	types := map[string]bool{}
	eachDecl(files, func(d ast.Decl) {
		if g, ok := d.(*ast.GenDecl); ok {
			for _, spec := range g.Specs {
				if t, ok := spec.(*ast.TypeSpec); ok {
					_, types[t.Name.Name] = t.Type.(*ast.FuncType)
				}
			}
		}
	})
	return types
}

func eachDecl(files []*ast.File, do func(ast.Decl)) {
	for _, f := range files {
		for _, d := range f.Decls {
			do(d)
		}
	}
}

func isFunction(t ast.Expr, types map[string]bool) bool {
	switch x := t.(type) {
	case *ast.FuncType:
		return true
	case *ast.Ident:
		return types[x.Name]
	}
	return false
}

func calledName(x *ast.CallExpr) string {
	switch f := x.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}
