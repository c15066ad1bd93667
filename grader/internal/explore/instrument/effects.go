package instrument

import (
	"go/ast"
	"go/types"
	"slices"
)

// effects are the package's variables that an initialiser may change beside those that it
// sets, by the functions that it calls: a name is registered, a number is counted. wide
// tells that it calls functions of other packages that keep something, and are made anew
// as well.
func (f *file) effects(in *types.Initializer) (also []string, wide bool) {
	w := &called{file: f, seen: map[*ast.BlockStmt]bool{}}
	w.follow(in.Rhs)
	if !w.calls {
		return nil, false
	}
	for _, o := range w.names {
		switch o := o.(type) {
		case *types.Func:
			p := o.Pkg()
			wide = wide || p != nil && p != f.Types && f.Rewritten != nil && f.Rewritten(p.Path()) && keeps(p)
		case *types.Var:
			if o.Parent() == f.Types.Scope() && f.mutable(o) && !slices.Contains(in.Lhs, o) {
				also = append(also, o.Name())
			}
		}
	}
	slices.Sort(also)
	return slices.Compact(also), wide
}

// keeps reports whether a package has variables, but for those of which each is one value
// for good.
func keeps(p *types.Package) bool {
	return slices.ContainsFunc(p.Scope().Names(), func(name string) bool {
		v, ok := p.Scope().Lookup(name).(*types.Var)
		return ok && !identity(v.Type())
	})
}

// called collects what the code mentions that runs when an expression is evaluated.
type called struct {
	*file
	seen    map[*ast.BlockStmt]bool
	names   []types.Object
	calls   bool
	shallow bool // functions that are mentioned are not followed
}

// follow goes through an expression. A function literal in it runs if it is called, or
// given to a function that is rewritten: others are taken to keep it for later.
func (w *called) follow(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			w.calls = w.calls || !w.Info.Types[x.Fun].IsType()
			w.call(x)
			return false
		case *ast.Ident:
			w.mention(x)
		}
		return true
	})
}

func (w *called) call(x *ast.CallExpr) {
	if lit, ok := ast.Unparen(x.Fun).(*ast.FuncLit); ok {
		w.body(lit.Body)
	} else {
		w.follow(x.Fun)
	}
	foreign := w.foreign(x)
	for _, arg := range x.Args {
		lit, isLit := ast.Unparen(arg).(*ast.FuncLit)
		switch {
		case isLit && !foreign:
			w.body(lit.Body)
		case !foreign || !w.isFunction(arg):
			w.follow(arg)
		}
	}
}

// foreign reports whether a call is of a function of a package that is not rewritten.
func (w *called) foreign(x *ast.CallExpr) bool {
	id, _ := ast.Unparen(x.Fun).(*ast.Ident)
	if s, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok {
		id = s.Sel
	}
	fn, ok := w.Info.Uses[id].(*types.Func)
	return ok && fn.Pkg() != w.Types && (fn.Pkg() == nil || w.Rewritten == nil || !w.Rewritten(fn.Pkg().Path()))
}

func (w *called) isFunction(e ast.Expr) bool {
	t := w.Info.TypeOf(e)
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Signature)
	_, calls := ast.Unparen(e).(*ast.CallExpr)
	return ok && !calls
}

// body goes through a function's statements, the literals in it included.
func (w *called) body(b *ast.BlockStmt) {
	if w.seen[b] {
		return
	}
	w.seen[b] = true
	ast.Inspect(b, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.CallExpr:
			w.call(x)
			return false
		case *ast.Ident:
			w.mention(x)
		}
		return true
	})
}

func (w *called) mention(id *ast.Ident) { w.add(w.Info.Uses[id]) }

// add adds what is mentioned and, of a function of the package, what its body mentions.
func (w *called) add(o types.Object) {
	w.names = append(w.names, o)
	b := w.bodies[o]
	if b == nil || w.shallow || w.seen[b] {
		return
	}
	w.seen[b] = true
	for _, o := range w.mentionedIn(b) {
		w.add(o)
	}
}

// mentionedIn is what a function's body mentions by itself. It is looked up once.
func (w *called) mentionedIn(b *ast.BlockStmt) []types.Object {
	names, known := w.mentioned[b]
	if !known {
		alone := &called{file: w.file, seen: map[*ast.BlockStmt]bool{}, shallow: true}
		alone.body(b)
		names = alone.names
		w.mentioned[b] = names
	}
	return names
}
