package instrument

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// captures finds the local variables that more than one goroutine may reach:
// those that a function literal shares with what is around it, and those whose
// address is taken.
func captures(p Package) map[types.Object]bool {
	captured := map[types.Object]bool{}
	for _, f := range p.Files {
		home := map[types.Object]ast.Node{}
		eachIdent(f.AST, func(id *ast.Ident, fn ast.Node) {
			if o := p.Info.Defs[id]; o != nil {
				home[o] = fn
			}
		})
		eachIdent(f.AST, func(id *ast.Ident, fn ast.Node) {
			if o := p.Info.Uses[id]; o != nil && home[o] != nil && home[o] != fn {
				captured[o] = true
			}
		})
		ast.Inspect(f.AST, func(n ast.Node) bool {
			if x, ok := n.(*ast.UnaryExpr); ok && x.Op == token.AND {
				if id, ok := unparen(x.X).(*ast.Ident); ok && p.Info.Uses[id] != nil {
					captured[p.Info.Uses[id]] = true
				}
			}
			return true
		})
	}
	return captured
}

// eachIdent calls visit with each identifier and the function that it is in.
func eachIdent(root ast.Node, visit func(id *ast.Ident, fn ast.Node)) {
	var stack, fns []ast.Node
	ast.Inspect(root, func(n ast.Node) bool {
		if n == nil {
			last := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if len(fns) > 0 && fns[len(fns)-1] == last {
				fns = fns[:len(fns)-1]
			}
			return true
		}
		stack = append(stack, n)
		switch x := n.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			fns = append(fns, n)
		case *ast.Ident:
			var fn ast.Node
			if len(fns) > 0 {
				fn = fns[len(fns)-1]
			}
			visit(x, fn)
		}
		return true
	})
}

// underlying is the type beneath an expression's type; of a type parameter, the
// one that all its types share, or nil.
func (f *file) underlying(e ast.Expr) types.Type {
	t := f.Info.TypeOf(e)
	if t == nil {
		return nil
	}
	if tp, ok := types.Unalias(t).(*types.TypeParam); ok {
		return coreType(tp)
	}
	return t.Underlying()
}

// coreType is the single underlying type of a type parameter's types, or nil.
func coreType(tp *types.TypeParam) (core types.Type) {
	iface, ok := tp.Constraint().Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	for i := range iface.NumEmbeddeds() {
		var terms []*types.Term
		switch e := iface.EmbeddedType(i).(type) {
		case *types.Union:
			for j := range e.Len() {
				terms = append(terms, e.Term(j))
			}
		default:
			terms = append(terms, types.NewTerm(false, e))
		}
		for _, term := range terms {
			u := term.Type().Underlying()
			if core != nil && !types.Identical(core, u) {
				return nil
			}
			core = u
		}
	}
	return core
}

// shared reports whether an expression is memory that another goroutine may reach.
func (f *file) shared(e ast.Expr) bool {
	switch x := unparen(e).(type) {
	case *ast.Ident:
		v, ok := f.Info.ObjectOf(x).(*types.Var)
		return ok && x.Name != "_" && (v.Parent() == f.Types.Scope() || f.captured[v])
	case *ast.SelectorExpr:
		if f.packageOf(x) != nil {
			_, isVar := f.Info.ObjectOf(x.Sel).(*types.Var)
			return isVar
		}
		if s := f.Info.Selections[x]; s != nil && s.Kind() != types.FieldVal {
			return false
		}
		if _, ok := f.underlying(x.X).(*types.Pointer); ok {
			return true
		}
		return f.shared(x.X)
	case *ast.IndexExpr:
		switch f.underlying(x.X).(type) {
		case *types.Array:
			return f.shared(x.X)
		case *types.Map, *types.Slice, *types.Pointer:
			return true
		}
	case *ast.StarExpr:
		return true
	}
	return false
}

// readsShared reports whether evaluating e reads memory that others may reach.
func (f *file) readsShared(e ast.Expr) (reads bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false
		}
		if x, ok := n.(ast.Expr); ok && !reads {
			if tv, ok := f.Info.Types[x]; ok && tv.IsValue() {
				reads = f.shared(x)
			}
		}
		return !reads
	})
	return reads
}

// pure reports whether e may be evaluated twice.
func pure(e ast.Expr) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.CallExpr, *ast.FuncLit:
			ok = false
		case *ast.UnaryExpr:
			ok = ok && x.Op != token.ARROW
		}
		return ok
	})
	return ok
}

func hasFuncLit(e ast.Node) (has bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			has = true
		}
		return !has
	})
	return has
}

// incDec splits x++ on shared memory, so that a switch can fall between the
// read and the write.
func (f *file) incDec(x *ast.IncDecStmt, parent ast.Node) {
	if !f.shared(x.X) || !pure(x.X) {
		return
	}
	text := f.source(x.X)
	f.replace(x.X.End(), x.End(), fmt.Sprintf(" = %s.V(%d, %s %s 1)", f.rt, f.written(x, text), f.toldText(x.X, text), x.Tok.String()[:1]))
	f.point(x, parent, Site{Does: Reads, Object: text})
}

// assign puts a point before an assignment to shared memory, and another between
// the value's computation and its use if that read shared memory.
func (f *file) assign(x *ast.AssignStmt, parent ast.Node) {
	if x.Tok == token.DEFINE || f.handled[x] || !f.anyShared(x.Lhs) {
		return
	}
	text := f.source(x.Lhs[0])
	split := len(x.Lhs) == 1 && len(x.Rhs) == 1 && !hasFuncLit(x.Rhs[0]) && f.splitAssign(x, text)
	switch reads := f.sharedReads(x.Rhs[0]); {
	case split && x.Tok != token.ASSIGN:
		f.point(x, parent, Site{Does: Reads, Object: text})
	case split && len(reads) > 0:
		f.point(x, parent, Site{Does: Reads, Object: reads[0]})
	case split: // which of it comes next is not known
		f.point(x, parent, Site{Object: text})
	case f.calls(x.Rhs):
		if inList(parent) {
			f.tellWrite(x, due)
		}
		f.point(x, parent, Site{Does: Calls, Object: text})
	default:
		constant := f.tellWrite(x, seen)
		f.point(x, parent, Site{Does: Writes, Object: f.source(x.Lhs[slices.IndexFunc(x.Lhs, f.shared)]), Value: constant})
	}
}

// written is the site between the computation of a value and the write of it.
func (f *file) written(x ast.Stmt, object string) uint32 {
	return f.add(x.Pos(), Site{Does: Writes, Object: object})
}

func (f *file) anyShared(es []ast.Expr) bool {
	for _, e := range es {
		if f.shared(e) {
			return true
		}
	}
	return false
}

// splitAssign reports whether it could put a point between value and use.
func (f *file) splitAssign(x *ast.AssignStmt, text string) bool {
	value := x.Rhs[0]
	tv := f.Info.Types[value]
	if x.Tok != token.ASSIGN {
		if pure(x.Lhs[0]) {
			op, read := strings.TrimSuffix(x.Tok.String(), "="), text
			if len(f.callsIn(value)) == 0 {
				read = f.toldText(x.Lhs[0], text)
			}
			f.replace(x.TokPos, value.Pos(), fmt.Sprintf("= %s.V(%d, %s %s (", f.rt, f.written(x, text), read, op))
			f.after(value.End(), "))")
		}
		return pure(x.Lhs[0])
	}
	if tv.Value != nil || tv.Type == nil || tv.IsNil() || untyped(tv.Type) || !f.readsShared(value) {
		return false
	}
	if _, tuple := tv.Type.(*types.Tuple); tuple {
		return false
	}
	begin, end := f.typed(value)
	f.before(value.Pos(), fmt.Sprintf("%s.V(%d, %s", f.rt, f.written(x, text), begin))
	f.after(value.End(), end+")")
	return true
}

func untyped(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&types.IsUntyped != 0
}

// typed is what to put around an expression whose type depends on where it
// stands, such as 1 << n or a == b, to give it the one it has.
func (f *file) typed(e ast.Expr) (begin, end string) {
	t := f.Info.TypeOf(e)
	if t == types.Typ[types.Bool] || !f.loose(e) {
		return "", ""
	}
	return "(" + types.TypeString(t, f.qualify) + ")(", ")"
}

// loose reports whether an expression has no type of its own.
func (f *file) loose(e ast.Expr) bool {
	switch x := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		o, ok := f.Info.ObjectOf(x).(*types.Const)
		return ok && untyped(o.Type())
	case *ast.SelectorExpr:
		return f.loose(x.Sel)
	case *ast.ParenExpr:
		return f.loose(x.X)
	case *ast.UnaryExpr:
		return x.Op != token.AND && x.Op != token.ARROW && f.loose(x.X)
	case *ast.BinaryExpr:
		switch x.Op {
		case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
			return true
		case token.SHL, token.SHR:
			return f.loose(x.X)
		}
		return f.loose(x.X) && f.loose(x.Y)
	}
	return false
}

// forStmt makes a loop that may spin give way.
func (f *file) forStmt(x *ast.ForStmt) {
	if x.Post == nil {
		f.after(x.Body.Lbrace+1, fmt.Sprintf(" %s.Yield(%d);", f.rt, f.site(x.Pos(), "")))
	}
}
