package instrument

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

func (f *file) rangeStmt(x *ast.RangeStmt, parent ast.Node) {
	switch t := f.underlying(x.X).(type) {
	case *types.Chan:
		f.rangeChannel(x, parent)
	case *types.Map:
		f.rangeMap(x, t, parent)
	}
}

// rangeMap gives a range over a map an order: that of its keys. An entry that is
// gone when its turn comes is passed over, as Go does.
func (f *file) rangeMap(x *ast.RangeStmt, t *types.Map, parent ast.Node) {
	if x.Key == nil || holdsPointer(t.Key()) { // the order of such keys is the runtime's
		return
	}
	id := f.id()
	r := mapRange{m: fmt.Sprintf("%sm%d", f.prefix, id), ok: fmt.Sprintf("%so%d", f.prefix, id), key: fmt.Sprintf("%sk%d", f.prefix, id)}
	head := fmt.Sprintf("{ %s := %s; ", r.m, f.moved(x, x.X))
	key, value := f.text(x.Key.Pos(), x.Key.End()), "_"
	if x.Value != nil {
		value = f.text(x.Value.Pos(), x.Value.End())
	}
	body, end := r.assigned(key, value), "}}"
	if x.Tok == token.DEFINE {
		if key != "_" {
			r.key = key
		}
		body = r.declared(value)
		if value != "_" { // the body may declare the name again
			body, end = body+" {", "}}}"
		}
		if value != "_" && compareLang(f.Lang, "go1.22") < 0 { // one variable for all turns
			head += fmt.Sprintf("%s := %s.MapZero(%s); ", value, f.rt, r.m)
			body, end = r.kept(value), "}}"
		}
	}
	label := f.innerLabel(parent, x)
	f.replace(x.Pos(), x.Body.Lbrace+1, head+f.back(x)+fmt.Sprintf("%sfor _, %s := range %s.Keys(%s) {%s", label, r.key, f.rt, r.m, body))
	f.replace(x.Body.Rbrace, x.Body.Rbrace+1, end)
}

// back returns to the line of a range statement's variables, if what is ranged
// over has left it.
func (f *file) back(x *ast.RangeStmt) string {
	if x.Key == nil || f.pos.Line(x.Pos()) == f.pos.Line(x.X.End()) {
		return ""
	}
	return f.mark(x.Key.Pos())
}

// mapRange names what a rewritten range over a map uses. Its methods are the
// body's beginning: an entry that is gone is passed over.
type mapRange struct{ m, ok, key string }

func (r mapRange) declared(value string) string {
	return fmt.Sprintf(" %s, %s := %s[%s]; if !%s { continue };", value, r.ok, r.m, r.key, r.ok)
}

func (r mapRange) kept(value string) string {
	return r.declared("_") + fmt.Sprintf(" %s = %s[%s];", value, r.m, r.key)
}

func (r mapRange) assigned(key, value string) string {
	return r.declared("_") + fmt.Sprintf(" %s, %s = %s, %s[%s];", key, value, r.key, r.m, r.key)
}

// holdsPointer reports whether keys of a type can not be put in a lasting order.
// An interface is given the benefit of the doubt.
func holdsPointer(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Chan:
		return true
	case *types.Basic:
		return u.Info()&types.IsFloat != 0 || u.Info()&types.IsComplex != 0 || u.Kind() == types.UnsafePointer // NaN is no key to look up
	case *types.Array:
		return holdsPointer(u.Elem())
	case *types.Struct:
		for i := range u.NumFields() {
			if holdsPointer(u.Field(i).Type()) {
				return true
			}
		}
	}
	return false
}

// gotoLabels are the labels that goto statements name.
func (f *file) gotoLabels() map[types.Object]bool {
	labels := map[types.Object]bool{}
	ast.Inspect(f.AST, func(n ast.Node) bool {
		if b, ok := n.(*ast.BranchStmt); ok && b.Tok == token.GOTO {
			labels[f.Info.Uses[b.Label]] = true
		}
		return true
	})
	return labels
}

// innerLabel moves the label of a statement that becomes a block onto the loop
// or switch inside, for break and continue. A goto still needs the outer one, so
// that the inner one then has a name of its own.
func (f *file) innerLabel(parent ast.Node, x ast.Stmt) string {
	l, ok := parent.(*ast.LabeledStmt)
	if !ok || l.Stmt != x {
		return ""
	}
	name, label := l.Label.Name, f.Info.Defs[l.Label]
	if !f.gotos[label] {
		f.replace(l.Pos(), l.Colon+1, "")
		return name + ": "
	}
	inner, used := f.prefix+name, false
	ast.Inspect(x, func(n ast.Node) bool {
		if b, ok := n.(*ast.BranchStmt); ok && b.Label != nil && f.Info.Uses[b.Label] == label && b.Tok != token.GOTO {
			f.replace(b.Label.Pos(), b.Label.End(), inner)
			used = true
		}
		return true
	})
	if !used {
		return ""
	}
	return inner + ": "
}
