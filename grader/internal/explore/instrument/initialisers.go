package instrument

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// reset is code to run again before a schedule.
type reset struct {
	order int
	text  string
	vars  []string // that it sets
	also  []string // that the functions it calls may change
	wide  bool     // it calls functions of other packages, which may change something there
}

// resets are the file's package variables that a schedule may change, in the
// order of their initialisation.
func (f *file) resets() (list []reset) {
	specs := map[types.Object]*ast.ValueSpec{}
	for _, d := range f.AST.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR || embeds(g.Doc) {
			continue
		}
		for _, s := range g.Specs {
			spec := s.(*ast.ValueSpec)
			if embeds(spec.Doc) {
				continue
			}
			for _, n := range spec.Names {
				o := f.Info.Defs[n]
				specs[o] = spec
				if len(spec.Values) == 0 && n.Name != "_" && f.mutable(o) {
					text := fmt.Sprintf("var %sz %s; %s = %sz", f.prefix, f.text(spec.Type.Pos(), spec.Type.End()), n.Name, f.prefix)
					list = append(list, reset{order: f.number, text: text, vars: []string{n.Name}})
				}
			}
		}
	}
	for i, in := range f.Info.InitOrder {
		if r := f.initialiser(in, specs); r.text != "" {
			r.order = len(f.Files) + i
			list = append(list, r)
		}
	}
	return list
}

// named are the names of variables, without blanks.
func named(vars []*types.Var) (names []string) {
	for _, v := range vars {
		if v.Name() != "_" {
			names = append(names, v.Name())
		}
	}
	return names
}

// initialiser is what initialises variables of this file anew, if anything does. An error is
// told by its identity, and others may have it already, so that it stays although a function
// of another package that keeps something has made it.
func (f *file) initialiser(in *types.Initializer, specs map[types.Object]*ast.ValueSpec) reset {
	r := reset{vars: named(in.Lhs)}
	if !slices.ContainsFunc(in.Lhs, func(v *types.Var) bool { return specs[v] != nil }) {
		return r // another file's
	}
	r.also, r.wide = f.effects(in)
	var names []string
	mine := false
	for _, v := range in.Lhs {
		names = append(names, v.Name())
		blank := v.Name() == "_"
		again := r.wide && (blank || !identity(v.Type())) || len(r.also) > 0 || !blank && (f.mutable(v) || f.looksAround(v.Type(), in.Rhs))
		mine = mine || specs[v] != nil && !f.prepared[v] && again
	}
	if mine {
		r.text = fmt.Sprintf("%s = %s%s", strings.Join(names, ", "), f.mark(in.Rhs.Pos()), f.text(in.Rhs.Pos(), in.Rhs.End()))
	}
	return r
}

// looksAround reports whether a value may be another one the next time, such as
// that of time.Now. Errors are told apart by their identity, so they stay.
func (f *file) looksAround(t types.Type, value ast.Expr) (calls bool) {
	if t.String() == "error" || t.String() == "*regexp.Regexp" {
		return false
	}
	ast.Inspect(value, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && !f.Info.Types[c.Fun].IsType() && f.Info.Types[c].Value == nil {
			calls = true
		}
		return !calls
	})
	return calls
}

// embeds reports whether a variable is filled by go:embed.
func embeds(doc *ast.CommentGroup) bool {
	if doc == nil {
		return false
	}
	for _, c := range doc.List {
		if strings.HasPrefix(c.Text, "//go:embed") {
			return true
		}
	}
	return false
}

// mutable reports whether a package variable, or what it leads to, may change.
func (f *file) mutable(o types.Object) bool {
	return o != nil && !f.prepared[o] && (f.changed[o] || !lasting(o.Type(), map[types.Type]bool{}))
}

// identity reports whether values of a type never change, whatever they lead to.
func identity(t types.Type) bool {
	return slices.Contains([]string{"error", "*regexp.Regexp", "reflect.Type", "time.Time"}, t.String())
}

// lasting reports whether values of a type can not be changed in place.
func lasting(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] {
		return true
	}
	seen[t] = true
	if identity(t) {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return true
	case *types.Array:
		return lasting(u.Elem(), seen)
	case *types.Struct:
		for i := range u.NumFields() {
			if !lasting(u.Field(i).Type(), seen) {
				return false
			}
		}
		return true
	}
	return false
}

// changes finds the package variables that are assigned to, or whose address is
// taken, openly or by a method call.
func changes(p Package, files []File) map[types.Object]bool {
	changed := map[types.Object]bool{}
	for _, f := range files {
		changesIn(p, f.AST, changed)
	}
	return changed
}

// prepared finds the package variables that TestMain sets, or what it calls in
// its package: they are as the tests need them, and are not initialised again.
func prepared(p Package) map[types.Object]bool {
	set := map[types.Object]bool{}
	for _, fn := range functions(p) {
		if fn.Recv == nil && fn.Name.Name == "TestMain" {
			for _, body := range reachable(p, fn.Body) {
				changesIn(p, body, set)
			}
		}
	}
	return set
}

// functions are a package's functions and methods that have a body.
func functions(p Package) (all []*ast.FuncDecl) {
	for _, f := range p.Files {
		for _, d := range f.AST.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
				all = append(all, fn)
			}
		}
	}
	return all
}

// bodies are those of a package's functions and methods.
func bodies(p Package) map[types.Object]*ast.BlockStmt {
	all := map[types.Object]*ast.BlockStmt{}
	for _, fn := range functions(p) {
		all[p.Info.Defs[fn.Name]] = fn.Body
	}
	return all
}

// reachable are a body and those of the package's functions that it names, or that
// these name.
func reachable(p Package, from *ast.BlockStmt) (all []*ast.BlockStmt) {
	bodies := bodies(p)
	seen := map[*ast.BlockStmt]bool{from: true}
	all = append(all, from)
	for i := 0; i < len(all); i++ {
		ast.Inspect(all[i], func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if body := bodies[p.Info.Uses[id]]; ok && body != nil && !seen[body] {
				seen[body] = true
				all = append(all, body)
			}
			return true
		})
	}
	return all
}

func changesIn(p Package, in ast.Node, changed map[types.Object]bool) {
	mark := func(e ast.Expr) {
		if o := root(p, e); o != nil && o.Parent() == p.Types.Scope() {
			changed[o] = true
		}
	}
	ast.Inspect(in, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.AssignStmt:
			for _, l := range x.Lhs {
				mark(l)
			}
		case *ast.IncDecStmt:
			mark(x.X)
		case *ast.RangeStmt:
			mark(x.Key)
			mark(x.Value)
		case *ast.UnaryExpr:
			if x.Op == token.AND {
				mark(x.X)
			}
		case *ast.SelectorExpr:
			if s := p.Info.Selections[x]; s != nil && s.Kind() == types.MethodVal {
				mark(x.X)
			}
		case *ast.SliceExpr:
			mark(x.X)
		}
		return true
	})
}

// root is the variable that an expression is part of, or nil.
func root(p Package, e ast.Expr) types.Object {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return p.Info.ObjectOf(x)
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}
