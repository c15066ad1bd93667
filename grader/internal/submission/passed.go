package submission

import "go/ast"

// passedOn returns the formats with which a function is called that passes its parameter on to fmt,
// as in note(format, args...). All of them must be written in the calls: the function is used in no other way,
// is not exported, and does nothing else with the parameter. The exercise must have one file.
func (p *pass) passedOn(sel *ast.SelectorExpr, above []ast.Node) ([]string, bool) {
	arg, ok := p.formatOf(sel, above)
	if !ok {
		return nil, false
	}
	id, ok := ast.Unparen(arg).(*ast.Ident)
	if !ok || id.Obj == nil {
		return nil, false
	}
	fn, at := declaring(above, id.Obj)
	if fn == nil || len(p.exercise.Files) != 1 || ast.IsExported(fn.Name.Name) || p.mentions(id.Obj) != 2 {
		return nil, false
	}
	return p.calledWith(fn, at)
}

// declaring returns the function around whose parameter it is, and which one.
func declaring(above []ast.Node, param *ast.Object) (*ast.FuncDecl, int) {
	for _, n := range above {
		fn, ok := n.(*ast.FuncDecl)
		if !ok {
			continue
		}
		at := 0
		for _, field := range fn.Type.Params.List {
			for _, name := range field.Names {
				if name.Obj == param {
					return fn, at
				}
				at++
			}
		}
	}
	return nil, 0
}

// mentions counts where something is named: its declaration, and its uses.
func (p *pass) mentions(what *ast.Object) (n int) {
	for node := range ast.Preorder(p.file) {
		if id, ok := node.(*ast.Ident); ok && id.Obj == what {
			n++
		}
	}
	return n
}

// calledWith returns the literal arguments of all calls of a function; false if it is named anywhere
// but in its declaration and in calls, or an argument is no literal. Methods go by their names, whatever
// they belong to.
func (p *pass) calledWith(fn *ast.FuncDecl, at int) (formats []string, ok bool) {
	named := 0
	for node := range ast.Preorder(p.file) {
		switch node := node.(type) {
		case *ast.Ident:
			if node.Name == fn.Name.Name {
				named++
			}
		case *ast.CallExpr:
			if calledName(node) != fn.Name.Name {
				continue
			}
			if at >= len(node.Args) {
				return nil, false
			}
			format, literally := literal(node.Args[at], true)
			if !literally {
				return nil, false
			}
			formats = append(formats, format)
		}
	}
	return formats, named == len(formats)+1
}

// calledName is the name of the function or method in a call.
func calledName(call *ast.CallExpr) string {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	}
	return ""
}
