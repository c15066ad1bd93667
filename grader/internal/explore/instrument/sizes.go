package instrument

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
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
	if tv.Value == nil {
		return false
	}
	if f.asksOnly && f.isSize(e) {
		f.replace(e.Pos(), e.End(), "(uintptr("+tv.Value.ExactString()+")+0*"+f.source(e)+")")
		return true
	}
	if !f.pads(e) {
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

// isSize tells whether an expression is the size or the like of something.
func (f *file) isSize(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	fun, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && f.packageOf(fun) == types.Unsafe
}

// asksSizes tells whether a file is a test that uses package unsafe for nothing but
// sizes: it checks what its author's types are, and does not lay out memory by it.
func (f *file) asksSizes() bool {
	imports := slices.ContainsFunc(f.AST.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == `"unsafe"` })
	if !imports || !strings.HasSuffix(f.Path, "_test.go") {
		return false
	}
	only := true
	for id, object := range f.Info.Uses {
		if object.Pkg() == types.Unsafe && f.AST.FileStart <= id.Pos() && id.Pos() < f.AST.FileEnd {
			only = only && slices.Contains([]string{"Sizeof", "Alignof", "Offsetof"}, id.Name)
		}
	}
	return only
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
