package submission

import (
	"go/ast"
	"go/token"
	"slices"
)

// assignments looks at every place where Go writes, or hands out an address.
func assignments(p *pass) {
	for n := range ast.Preorder(p.file) {
		for _, x := range p.written(n) {
			if sel := p.variable(x); sel != nil {
				_, name, _ := p.qualified(sel)
				p.refuse(x.Pos(), "change "+clip(name))
				p.changed[sel] = true
			}
		}
	}
}

// written returns what n writes to, by itself or through its address.
func (p *pass) written(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		return n.Lhs
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.RangeStmt:
		return []ast.Expr{n.Key, n.Value}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			return []ast.Expr{n.X}
		}
	case *ast.CallExpr:
		if _, ok := p.builtin(n.Fun, "append", "clear", "copy", "delete"); ok {
			return n.Args[:min(1, len(n.Args))]
		}
	}
	return nil
}

// variable returns another package's variable that x is, or is a part of: a
// field, an element, what it points to.
func (p *pass) variable(x ast.Expr) *ast.SelectorExpr {
	for {
		switch y := x.(type) {
		case *ast.ParenExpr:
			x = y.X
		case *ast.StarExpr:
			x = y.X
		case *ast.IndexExpr:
			x = y.X
		case *ast.SliceExpr:
			x = y.X
		case *ast.TypeAssertExpr:
			x = y.X
		case *ast.SelectorExpr:
			if _, _, ok := p.qualified(y); ok {
				return y
			}
			x = y.X
		default:
			return nil
		}
	}
}

// pointers are the variables of allowed packages through which all programs
// share something that can be written to. The others are errors, whose insides
// nobody outside reaches, and io.Discard, which has none.
var pointers = []string{"time.UTC", "time.Local", "hash/crc32.IEEETable"}

// aliases refuses to keep one of those pointers: to write through a copy looks
// like any other write. It does not follow a pointer through calls of other
// packages, as in cmp.Or(time.UTC); no test rests on what these point to.
func aliases(p *pass) {
	methods := p.methods()
	ast.PreorderStack(p.file, nil, func(n ast.Node, above []ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		full, name, ok := p.qualified(sel)
		if ok && slices.Contains(pointers, full) && !p.changed[sel] && !p.passing(above, methods) {
			p.refuse(sel.Pos(), "keep "+clip(name))
		}
		return true
	})
}

// passing tells whether a pointer below these nodes is only compared, asked, or given to a
// function or method that the fix does not write itself.
func (p *pass) passing(above []ast.Node, methods map[string]bool) bool {
	for _, parent := range slices.Backward(above) {
		switch n := parent.(type) {
		case *ast.ParenExpr:
			continue
		case *ast.SelectorExpr, *ast.BinaryExpr:
			return true
		case *ast.CallExpr:
			return p.foreign(n.Fun, methods)
		}
		return false
	}
	return false
}

// foreign tells whether a called function is another package's: a method
// counts as that unless the fix has one of the same name.
func (p *pass) foreign(called ast.Expr, methods map[string]bool) bool {
	sel, ok := ast.Unparen(called).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	_, _, imported := p.qualified(sel)
	return imported || !methods[sel.Sel.Name]
}

// methods are the names of the file's own methods.
func (p *pass) methods() map[string]bool {
	names := map[string]bool{}
	for _, f := range p.functions() {
		if f.Recv != nil {
			names[f.Name.Name] = true
		}
	}
	return names
}
