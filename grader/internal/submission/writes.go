package submission

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
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
// no other code reaches, and io.Discard, which has none.
var pointers = []string{"time.UTC", "time.Local", "hash/crc32.IEEETable"}

// sources are the functions that return such a pointer, and locate is the method
// that does.
var sources = []string{"time.LoadLocation", "time.FixedZone", "hash/crc32.MakeTable", "hash/crc64.MakeTable"}

const locate = "Location"

// aliases refuses to keep such a pointer: to write through a copy looks like any
// other write.
func aliases(p *pass) {
	own := p.members()
	ast.PreorderStack(p.file, nil, func(n ast.Node, above []ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || p.changed[sel] {
			return true
		}
		full, name, imported := p.qualified(sel)
		switch {
		case imported && slices.Contains(pointers, full):
			ok = p.passing(above, own)
		case imported && slices.Contains(sources, full):
			ok = p.returning(sel, above, own)
		case !imported && sel.Sel.Name == locate:
			name, ok = "a Location()", p.returning(sel, above, own)
		}
		if !ok {
			p.refuse(sel.Pos(), "keep "+clip(name))
		}
		return true
	})
}

// returning reports whether x is called here, and its result passed on.
func (p *pass) returning(x *ast.SelectorExpr, above []ast.Node, own map[string]bool) bool {
	call, ok := above[len(above)-1].(*ast.CallExpr)
	return ok && call.Fun == x && p.passing(above[:len(above)-1], own)
}

// passing reports whether a pointer below these nodes is only compared, asked, or given
// to a function of time or crc32, or to the method In of a time.
func (p *pass) passing(above []ast.Node, own map[string]bool) bool {
	for _, parent := range slices.Backward(above) {
		switch n := parent.(type) {
		case *ast.ParenExpr:
			continue
		case *ast.SelectorExpr, *ast.BinaryExpr:
			return true
		case *ast.CallExpr:
			return p.uses(n.Fun, own)
		}
		return false
	}
	return false
}

// users are the packages whose functions use such a pointer and do not return it.
var users = []string{"time.", "hash/crc32.", "hash/crc64."}

// uses reports whether a called function is one of those, or the method In, unless the
// fix has something of that name.
func (p *pass) uses(called ast.Expr, own map[string]bool) bool {
	sel, ok := ast.Unparen(called).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	full, _, imported := p.qualified(sel)
	if !imported {
		return sel.Sel.Name == "In" && !own["In"]
	}
	return slices.ContainsFunc(users, func(pkg string) bool { return strings.HasPrefix(full, pkg) })
}

// members are the names of the file's own methods and fields.
func (p *pass) members() map[string]bool {
	names := map[string]bool{}
	for n := range ast.Preorder(p.file) {
		switch n := n.(type) {
		case *ast.FuncDecl:
			names[n.Name.Name] = true
		case *ast.Field:
			for _, name := range n.Names {
				names[name.Name] = true
			}
		}
	}
	return names
}
