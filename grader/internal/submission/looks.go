package submission

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// looks refuses what distinguishes values by their type: a fix must not depend on
// which types the tests use. A plain assertion x.(T) is allowed, since it panics
// if it is wrong.
func looks(p *pass) {
	asserted := p.asking()
	ast.PreorderStack(p.file, nil, func(n ast.Node, above []ast.Node) bool {
		switch n := n.(type) {
		case *ast.TypeSwitchStmt:
			if !p.amongOwn(n) {
				p.refuse(n.Pos(), "switch on a type")
			}
		case *ast.TypeAssertExpr:
			if asserted[n] && !p.ownType(n.Type) {
				p.refuseFor(n.Pos(), "ask whether a value has a type", p.rule.Why, p.rule.Instead+
					" Where a container/list holds values, use a slice or a list of your own, whose elements have a type; use an atomic.Pointer instead of an atomic.Value; or use the one-value assertion, v := y.(T). For an error of a type of your own, use errors.As.")
			}
		case *ast.SelectorExpr:
			p.formatting(n, above)
		case *ast.BinaryExpr:
			if (n.Op == token.EQL || n.Op == token.NEQ) && (p.boxes(n.X) || p.boxes(n.Y)) {
				p.refuse(n.Pos(), "compare a value as an interface")
			}
		}
		return true
	})
}

// boxes reports whether x is converted to an interface there, as in any(x). Two such
// values are equal only if their types are.
func (p *pass) boxes(x ast.Expr) bool {
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok {
		return false
	}
	_, literal := ast.Unparen(call.Fun).(*ast.InterfaceType)
	id, named := ast.Unparen(call.Fun).(*ast.Ident)
	return literal || named && id.Name == "any" && p.free[id]
}

// asking returns the assertions of the form x, ok := y.(T).
func (p *pass) asking() map[*ast.TypeAssertExpr]bool {
	found := map[*ast.TypeAssertExpr]bool{}
	note := func(left int, right []ast.Expr) {
		if left == 2 && len(right) == 1 {
			if a, ok := ast.Unparen(right[0]).(*ast.TypeAssertExpr); ok {
				found[a] = true
			}
		}
	}
	for n := range ast.Preorder(p.file) {
		switch n := n.(type) {
		case *ast.AssignStmt:
			note(len(n.Lhs), n.Rhs)
		case *ast.ValueSpec:
			note(len(n.Names), n.Values)
		}
	}
	return found
}

// amongOwn reports whether a type switch only tells this file's own types, and nil, from each
// other and from the rest.
func (p *pass) amongOwn(n *ast.TypeSwitchStmt) bool {
	for _, clause := range n.Body.List {
		for _, x := range clause.(*ast.CaseClause).List {
			id, ok := ast.Unparen(x).(*ast.Ident)
			if isNil := ok && id.Name == "nil" && p.free[id]; !isNil && !p.ownType(x) {
				return false
			}
		}
	}
	return true
}

// ownType reports whether x is a type declared in this file, or a pointer to one, so
// that no value from a test can have that type. An alias, an interface or an instance
// of a generic type could be anything, and a type in a generic function is another one
// for each of the types that the function is called with.
func (p *pass) ownType(x ast.Expr) bool {
	x = ast.Unparen(x)
	if star, ok := x.(*ast.StarExpr); ok {
		x = ast.Unparen(star.X)
	}
	id, ok := x.(*ast.Ident)
	if !ok || id.Obj == nil {
		return false
	}
	spec, ok := id.Obj.Decl.(*ast.TypeSpec)
	if !ok || spec.Assign.IsValid() || spec.TypeParams != nil || ast.IsExported(id.Name) || !p.topLevel(spec) {
		return false
	}
	switch spec.Type.(type) {
	case *ast.StructType, *ast.FuncType, *ast.ArrayType, *ast.MapType, *ast.ChanType:
		return true
	}
	return false
}

// topLevel reports whether a type is declared outside of functions.
func (p *pass) topLevel(spec *ast.TypeSpec) bool {
	return slices.ContainsFunc(p.file.Decls, func(d ast.Decl) bool {
		group, ok := d.(*ast.GenDecl)
		return ok && slices.Contains(group.Specs, ast.Spec(spec))
	})
}

// formatting checks a use of package fmt: the format must be written where it is used, or in each
// call of the function that passes it on, and must not print types.
func (p *pass) formatting(sel *ast.SelectorExpr, above []ast.Node) {
	full, name, ok := p.qualified(sel)
	if !ok || isPrint(full) || !strings.HasPrefix(full, "fmt.") || !strings.HasSuffix(full, "f") {
		return
	}
	if p.onlyBools(sel, above) {
		return
	}
	formats, ok := p.formats(sel, above)
	if !ok {
		p.refuseFor(sel.Pos(), "call "+clip(name)+" with a format that is not written there", "What is put together may have a % in it, which fmt takes for a verb: in a URL, say.",
			"Write the format as one string, and pass the rest as arguments, for %s or %v.")
	}
	for _, format := range formats {
		switch verb := typeVerb(format); {
		case verb == "":
		case verb == "%T" || verb == "%#v":
			p.refuse(sel.Pos(), "print a type, with "+clip(strconv.Quote(format)))
		case verb == "%t":
			p.refuseFor(sel.Pos(), "format with %t what is not seen to be a bool", "Of another value, %t prints the type.", "Use %v, which prints a bool alike.")
		default:
			p.refuseFor(sel.Pos(), "format with "+clip(verb), "Of a value that a verb does not fit, fmt prints the type. A fix has to do with the verbs %v, %s, %q, %d and %w, and %t for a bool.",
				"Use %v, or package strconv.")
		}
	}
}

// formats returns what the format in the call of sel may be: one if it is written there, several
// if it is a parameter.
func (p *pass) formats(sel *ast.SelectorExpr, above []ast.Node) ([]string, bool) {
	if format, ok := p.format(sel, above); ok {
		return []string{format}, true
	}
	return p.passedOn(sel, above)
}

// format returns the format in the call of sel, if it is written there.
func (p *pass) format(sel *ast.SelectorExpr, above []ast.Node) (string, bool) {
	arg, ok := p.formatOf(sel, above)
	if !ok {
		return "", false
	}
	return literal(arg, true)
}

// formatOf returns the argument that is the format in the call of sel.
func (p *pass) formatOf(sel *ast.SelectorExpr, above []ast.Node) (ast.Expr, bool) {
	call, ok := above[len(above)-1].(*ast.CallExpr)
	if !ok || call.Fun != sel {
		return nil, false
	}
	at := 0
	if full, _, _ := p.qualified(sel); !strings.HasPrefix(path.Ext(full), ".S") && full != "fmt.Errorf" {
		at = 1 // the format follows a writer, a reader or a slice
	}
	if at >= len(call.Args) {
		return nil, false
	}
	return call.Args[at], true
}

// literal returns the text of x: concatenated literals, or a
// constant that is one.
func literal(x ast.Expr, constants bool) (string, bool) {
	switch x := ast.Unparen(x).(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(x.Value)
		return text, err == nil && x.Kind == token.STRING
	case *ast.BinaryExpr:
		before, ok1 := literal(x.X, constants)
		after, ok2 := literal(x.Y, constants)
		return before + after, ok1 && ok2
	case *ast.Ident:
		if value := constantOf(x); value != nil && constants {
			return literal(value, false)
		}
	}
	return "", false
}

// constantOf returns the declared value of a constant in this file.
func constantOf(id *ast.Ident) ast.Expr {
	if id.Obj == nil || id.Obj.Kind != ast.Con {
		return nil
	}
	spec, ok := id.Obj.Decl.(*ast.ValueSpec)
	if !ok {
		return nil
	}
	for i, name := range spec.Names {
		if name.Obj == id.Obj && i < len(spec.Values) {
			return spec.Values[i]
		}
	}
	return nil
}

// typeVerb returns the first verb of a format that may print a type: %T, %#v, and any that is
// unknown to fmt or does not fit many values, since fmt then prints the type as well. It is
// empty if there is none.
func typeVerb(format string) string {
	for rest := format; ; {
		_, after, found := strings.Cut(rest, "%")
		if !found {
			return ""
		}
		verb := strings.TrimLeft(after, "+-# 0123456789.*[]")
		flags := after[:len(after)-len(verb)]
		switch {
		case verb == "":
			return "%"
		case verb[0] == 'v' && strings.Contains(flags, "#"):
			return "%#v"
		case !strings.Contains("%vwsqd", verb[:1]):
			_, size := utf8.DecodeRuneInString(verb)
			return "%" + verb[:size]
		}
		rest = verb[1:]
	}
}

// clocks refuses functions that return the time. A timer's value also tells it, but
// only after a wait.
func clocks(p *pass) {
	for n := range ast.Preorder(p.file) {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if full, name, ok := p.qualified(sel); ok && slices.Contains([]string{"time.Now", "time.Since", "time.Until"}, full) {
				p.refuse(sel.Pos(), "use "+clip(name))
			}
		}
	}
}
