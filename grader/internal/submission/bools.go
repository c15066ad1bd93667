package submission

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// onlyBools reports whether a format in the call of sel has but verbs that are allowed, and %t for
// arguments that are seen to be bools: of these it prints no type.
func (p *pass) onlyBools(sel *ast.SelectorExpr, above []ast.Node) bool {
	format, ok := p.format(sel, above)
	if !ok || !strings.Contains(format, "%t") || typeVerb(strings.ReplaceAll(format, "%t", "%v")) != "" {
		return false
	}
	call := above[len(above)-1].(*ast.CallExpr)
	first, _ := p.formatOf(sel, above)
	args := call.Args[slices.Index(call.Args, first)+1:]
	if call.Ellipsis.IsValid() || strings.ContainsAny(format, "*[") {
		return false
	}
	n := 0
	for rest := format; ; n++ {
		_, after, found := strings.Cut(rest, "%")
		if !found {
			return true
		}
		verb := strings.TrimLeft(after, "+-# 0123456789.")
		if verb == "" {
			return false
		}
		rest = verb[1:]
		switch {
		case verb[0] == '%':
			n--
		case verb[0] == 't' && (n >= len(args) || !p.isBool(args[n], 0)):
			return false
		}
	}
}

// isBool reports whether x is seen to be a bool: a comparison, or what this file declares as one.
func (p *pass) isBool(x ast.Expr, depth int) bool {
	switch x := ast.Unparen(x).(type) {
	case *ast.UnaryExpr:
		return x.Op == token.NOT
	case *ast.BinaryExpr:
		return slices.Contains([]token.Token{token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ, token.LAND, token.LOR}, x.Op)
	case *ast.CallExpr:
		return p.returnsBool(x)
	case *ast.SelectorExpr:
		return p.isBoolField(x.Sel.Name)
	case *ast.Ident:
		if x.Obj == nil {
			return p.free[x] && (x.Name == "true" || x.Name == "false")
		}
		switch d := x.Obj.Decl.(type) {
		case *ast.ValueSpec:
			return p.saysBool(d.Type)
		case *ast.Field:
			return p.saysBool(d.Type)
		case *ast.AssignStmt:
			i := slices.IndexFunc(d.Lhs, func(left ast.Expr) bool {
				id, ok := left.(*ast.Ident)
				return ok && id.Name == x.Name
			})
			return depth < 9 && d.Tok == token.DEFINE && len(d.Lhs) == len(d.Rhs) && i >= 0 && p.isBool(d.Rhs[i], depth+1)
		}
	}
	return false
}

// saysBool reports whether a type is written as bool.
func (p *pass) saysBool(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == "bool" && p.free[id]
}

// returnsBool reports whether a call is one of errors.Is, or of a function of this file that returns a bool.
func (p *pass) returnsBool(call *ast.CallExpr) bool {
	switch fun := call.Fun.(type) {
	case *ast.SelectorExpr:
		full, _, ok := p.qualified(fun)
		return ok && full == "errors.Is"
	case *ast.Ident:
		if fun.Obj == nil {
			return false
		}
		d, ok := fun.Obj.Decl.(*ast.FuncDecl)
		return ok && d.Type.Results.NumFields() == 1 && p.saysBool(d.Type.Results.List[0].Type)
	}
	return false
}

// isBoolField reports whether all that has this name in a fix of one file is a field that is a bool. An exported
// field could be another package's.
func (p *pass) isBoolField(name string) bool {
	if ast.IsExported(name) || len(p.exercise.Files) > 1 {
		return false
	}
	is, known := p.bools[name]
	if !known {
		is = p.lookForBoolField(name)
		p.bools[name] = is
	}
	return is
}

func (p *pass) lookForBoolField(name string) bool {
	found, all := false, true
	for n := range ast.Preorder(p.file) {
		switch n := n.(type) {
		case *ast.StructType:
			for _, f := range n.Fields.List {
				embedded := len(f.Names) == 0 && strings.EqualFold(lastName(f.Type), name)
				if embedded || slices.ContainsFunc(f.Names, func(id *ast.Ident) bool { return id.Name == name }) {
					found, all = true, all && p.saysBool(f.Type)
				}
			}
		case *ast.FuncDecl:
			all = all && (n.Recv == nil || n.Name.Name != name)
		}
	}
	return found && all
}

// lastName is the name of an embedded field.
func lastName(x ast.Expr) string {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return x.Sel.Name
	case *ast.StarExpr:
		return lastName(x.X)
	case *ast.IndexExpr:
		return lastName(x.X)
	case *ast.IndexListExpr:
		return lastName(x.X)
	}
	return ""
}
