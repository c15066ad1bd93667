package instrument

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Call is a call of a method of package sync or sync/atomic: what it is on tells
// two locks apart that are called the same.
type Call struct {
	Method string
	Object string // source text
	Owner  string // name of the type of which the object is a field, or ""
	Field  string // its name in that type; "" if it is embedded
	Atomic bool   // it is a function of sync/atomic, on memory that code may access as well
}

// Calls are the calls on a line, in order.
func (s *Sites) Calls(file string, line int) []Call { return s.calls[place{file, line}] }

type place struct {
	file string
	line int
}

// nameCall remembers a call on something that synchronises.
func (f *file) nameCall(x *ast.CallExpr) {
	fun, ok := unparen(x.Fun).(*ast.SelectorExpr)
	if !ok {
		return
	}
	fn, ok := f.Info.Uses[fun.Sel].(*types.Func)
	if !ok || fn.Pkg() == nil || fn.Pkg().Path() != "sync" && fn.Pkg().Path() != "sync/atomic" {
		return
	}
	c := Call{Method: fn.Name()}
	switch s := f.Info.Selections[fun]; {
	case s == nil && len(x.Args) > 0: // atomic.AddInt64(&c.n, 1)
		at := unparen(x.Args[0])
		if u, ok := at.(*ast.UnaryExpr); ok && u.Op == token.AND {
			at = u.X
		}
		c.Object, c.Owner, c.Field = f.owned(at)
		c.Atomic = true
	case s == nil:
		return
	case len(s.Index()) > 1: // embedded
		c.Object, c.Owner = f.source(fun.X), typeName(s.Recv())
	default:
		c.Object, c.Owner, c.Field = f.owned(fun.X)
	}
	f.sites.name(place{f.File.Path, f.pos.PositionFor(fun.Sel.Pos(), false).Line}, c)
}

func (s *Sites) name(at place, c Call) {
	if s.calls == nil {
		s.calls = map[place][]Call{}
	}
	s.calls[at] = append(s.calls[at], c)
}

// owned is the text of an object, and whose field it is.
func (f *file) owned(e ast.Expr) (text, owner, field string) {
	e = unparen(e)
	if text = f.source(e); len(text) > maxObject {
		text = ""
	}
	if x, ok := e.(*ast.SelectorExpr); ok && f.packageOf(x) == nil {
		if t := f.Info.TypeOf(x.X); t != nil {
			return text, typeName(t), x.Sel.Name
		}
	}
	return text, "", ""
}

// typeName is the name of a type, or of what it points to; "" if it has none.
func typeName(t types.Type) string {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Obj().Name()
	}
	return ""
}
