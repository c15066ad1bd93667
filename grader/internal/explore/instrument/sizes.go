package instrument

import (
	"go/ast"
	"go/token"
	"go/types"
)

// sized writes out a constant that pads something to a size, such as
// [64 - unsafe.Sizeof(bucket{})]byte: the types that stand in are larger, and
// what is left may be less than nothing. Sizes by themselves stay what they are.
func (f *file) sized(n ast.Node) bool {
	e, ok := n.(ast.Expr)
	if !ok {
		return false
	}
	tv := f.Info.Types[e]
	if tv.Value == nil || !f.pads(e) {
		return false
	}
	b, ok := tv.Type.(*types.Basic)
	if !ok { // of a type of its own, which may have no name here
		return false
	}
	text := tv.Value.ExactString()
	if b.Info()&types.IsUntyped == 0 {
		text = b.Name() + "(" + text + ")"
	}
	f.replace(e.Pos(), e.End(), text)
	return true
}

// pads tells whether an expression subtracts, and asks for a size.
func (f *file) pads(e ast.Expr) bool {
	asks, subtracts, counts := false, false, false
	ast.Inspect(e, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.BinaryExpr:
			subtracts = subtracts || x.Op == token.SUB
		case *ast.UnaryExpr:
			subtracts = subtracts || x.Op == token.SUB
		case *ast.Ident:
			counts = counts || x.Name == "iota"
		case *ast.SelectorExpr:
			if p := f.packageOf(x); p == types.Unsafe {
				asks = true
			}
		}
		return true
	})
	return asks && subtracts && !counts
}
