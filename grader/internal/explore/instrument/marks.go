package instrument

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// What a site's code does with its object.
const (
	Reads  = "read"
	Writes = "write"
	Calls  = "call" // what it writes is marked when the call has come back
)

// maxListed is how many objects a site names.
const maxListed = 4

// markAccess records that a statement accesses memory that others may reach,
// where there is no point that says so.
func (f *file) markAccess(n, parent ast.Node) {
	if f.handled[n] {
		return
	}
	switch x := n.(type) {
	case *ast.IfStmt:
		f.markCondition(x)
	case *ast.ForStmt:
		if reads := f.sharedReads(x.Cond); x.Cond != nil && reads != nil {
			f.wrap(x.Cond, f.siteOf(x.Cond, Reads, reads))
		}
	case *ast.ReturnStmt, *ast.ExprStmt, *ast.DeferStmt, *ast.SendStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.RangeStmt, *ast.DeclStmt, *ast.GoStmt:
		f.markReads(n, parent, f.sharedReads(head(n)...))
	case *ast.AssignStmt:
		f.markAssign(x, parent)
	}
}

// head is what a statement evaluates itself, and not a statement within it.
func head(n ast.Node) (parts []ast.Node) {
	switch x := n.(type) {
	case *ast.SwitchStmt:
		return []ast.Node{x.Init, x.Tag}
	case *ast.TypeSwitchStmt:
		return []ast.Node{x.Init, x.Assign}
	case *ast.RangeStmt:
		return []ast.Node{x.X}
	}
	return []ast.Node{n}
}

func (f *file) markReads(n, parent ast.Node, reads []string) {
	if reads != nil && inList(parent) {
		f.before(n.Pos(), fmt.Sprintf("%s.Mark(%d); ", f.rt, f.siteOf(n, Reads, reads)))
	}
}

// markAssign marks what an assignment to memory of its own reads, and what one to
// shared memory writes when a call has come back.
func (f *file) markAssign(x *ast.AssignStmt, parent ast.Node) {
	writes := f.sharedWrites(x)
	if writes == nil {
		var from []ast.Node
		for _, e := range x.Rhs {
			from = append(from, e)
		}
		f.markReads(x, parent, f.sharedReads(from...))
		return
	}
	if inList(parent) && f.calls(x.Rhs) {
		f.after(x.End(), fmt.Sprintf("; %s.Mark(%d)", f.rt, f.siteOf(x, Writes, writes)))
	}
}

// markCondition marks what an if statement's condition reads, and what the
// statement before it has written by then.
func (f *file) markCondition(x *ast.IfStmt) {
	if a, ok := x.Init.(*ast.AssignStmt); ok {
		if writes := f.sharedWrites(a); writes != nil {
			f.wrap(x.Cond, f.siteOf(a, Writes, writes))
		}
	}
	if reads := f.sharedReads(x.Init, x.Cond); reads != nil {
		f.wrap(x.Cond, f.siteOf(x.Cond, Reads, reads))
	}
}

// wrap marks when an expression has been computed.
func (f *file) wrap(e ast.Expr, site uint32) {
	f.before(e.Pos(), fmt.Sprintf("%s.Marked(%d, ", f.rt, site))
	f.after(e.End(), ")")
}

func (f *file) calls(es []ast.Expr) bool {
	return slices.ContainsFunc(es, func(e ast.Expr) bool { return !pure(e) })
}

// sharedWrites is the shared memory that an assignment writes.
func (f *file) sharedWrites(x *ast.AssignStmt) (texts []string) {
	for _, l := range x.Lhs {
		if x.Tok != token.DEFINE && f.shared(l) {
			texts = f.named(texts, l)
		}
	}
	return texts
}

// sharedReads is the shared memory that evaluating something reads, but for what
// functions within it would. Locks and atomics are no plain memory.
func (f *file) sharedReads(nodes ...ast.Node) (texts []string) {
	for _, n := range nodes {
		if n == nil {
			continue
		}
		ast.Inspect(n, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.FuncLit, *ast.BlockStmt:
				return false
			case *ast.AssignStmt: // its left side is no read
				for _, e := range x.Rhs {
					texts = append(texts, f.sharedReads(e)...)
				}
				return false
			case *ast.UnaryExpr:
				return x.Op != token.AND
			case *ast.KeyValueExpr:
				texts = append(texts, f.sharedReads(x.Value)...)
				return false
			case ast.Expr:
				if tv, ok := f.Info.Types[x]; ok && tv.IsValue() && f.shared(x) && !synchronises(tv.Type) {
					texts = f.named(texts, x)
					return false
				}
			}
			return true
		})
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// named adds an expression's text, if it is short enough to name anything.
func (f *file) named(texts []string, e ast.Expr) []string {
	text := f.source(e)
	if len(text) > maxObject || strings.Contains(text, "\n") {
		return texts
	}
	return append(texts, text)
}

// synchronises reports whether a type is of package sync or sync/atomic, or a
// function, of which calls say more.
func synchronises(t types.Type) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if _, ok := t.Underlying().(*types.Signature); ok {
		return true
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && (n.Obj().Pkg().Path() == "sync" || n.Obj().Pkg().Path() == "sync/atomic")
}

// siteOf numbers the position of code that reads or writes objects.
func (f *file) siteOf(n ast.Node, does string, objects []string) uint32 {
	s := Site{Does: does, Objects: objects[:min(len(objects), maxListed)], Last: f.lastLine(n)}
	if len(objects) > 0 {
		s.Object = objects[0]
	}
	return f.add(n.Pos(), s)
}

// lastLine is where a statement ends, but for the blocks in it, which access what is theirs.
func (f *file) lastLine(n ast.Node) (line int) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.BlockStmt:
			return false
		case *ast.Ident, *ast.BasicLit:
			line = max(line, f.pos.PositionFor(n.End(), false).Line)
		}
		return true
	})
	return line
}
