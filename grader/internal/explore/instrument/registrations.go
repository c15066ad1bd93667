package instrument

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// findTests finds the tests of a package. They become methods: as functions, go
// test would take them for tests of the real package testing. A method keeps the
// name, which some code looks for in call stacks.
func (r *rewriter) findTests() {
	r.tests = map[types.Object]bool{}
	for _, f := range r.Files {
		if !strings.HasSuffix(f.Path, "_test.go") {
			continue
		}
		for _, d := range f.AST.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && isTest(fn) && r.Info.Defs[fn.Name] != nil {
				r.tests[r.Info.Defs[fn.Name]] = true
			}
		}
	}
}

// isTest tells whether go test would run a function as a test.
func isTest(fn *ast.FuncDecl) bool {
	return fn.Name.Name != "TestMain" && runs(fn, "Test", 1)
}

// isOther tells whether it would run it as something else, but for benchmarks, which it
// runs only when told to.
func isOther(fn *ast.FuncDecl) bool { return runs(fn, "Fuzz", 1) || runs(fn, "Example", 0) }

// runs tells whether go test knows a function by the beginning of its name.
func runs(fn *ast.FuncDecl, prefix string, parameters int) bool {
	rest, ok := strings.CutPrefix(fn.Name.Name, prefix)
	if !ok || fn.Recv != nil || fn.Type.TypeParams != nil || fn.Type.Params.NumFields() != parameters || fn.Body == nil {
		return false
	}
	first, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || !unicode.IsLower(first)
}

// funcDecl renames init functions, so that they can run again.
func (f *file) funcDecl(x *ast.FuncDecl) {
	if x.Recv == nil && x.Name.Name == "init" {
		f.replace(x.Name.Pos(), x.Name.End(), f.initName(f.inits))
		f.inits++
	}
	if f.tests[f.Info.Defs[x.Name]] {
		f.before(x.Name.Pos(), "("+f.testsType+") ")
		f.declaresTests = true
	}
	f.clock(x)
}

func (f *file) initName(i int) string { return fmt.Sprintf("%sinit%d_%d", f.prefix, f.number, i) }

// registrations is what is added at the file's end: the tests, and what has to
// run again before each schedule.
func (f *file) registrations() string {
	var resets, inits, tests strings.Builder
	for _, r := range f.resets() {
		fmt.Fprintf(&resets, "%s.OnReset(%q, %d, func() { %s }%s)%s; ", f.rt, f.packagePath(), r.order, r.text, pointers(r.vars), f.limit(r.vars))
	}
	for _, text := range f.defaults() {
		fmt.Fprintf(&resets, "%s.OnReset(%q, -1, func() { %s }); ", f.rt, f.packagePath(), text)
	}
	for i := range f.inits {
		fmt.Fprintf(&resets, "%s.OnReset(%q, %d, func() { %s() }%s); ", f.rt, f.packagePath(), initOrder+10_000*f.number+i, f.initName(i), pointers(f.usedByInit(i)))
		fmt.Fprintf(&inits, "%s(); ", f.initName(i))
	}
	if f.Target && strings.HasSuffix(f.Path, "_test.go") {
		for _, d := range f.AST.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if ok && isOther(fn) {
				f.out.Other = append(f.out.Other, fn.Name.Name)
			}
			if ok && isTest(fn) {
				f.extra[f.rtTest] = "vtesting"
				fmt.Fprintf(&tests, "%s.Register(%q, %s{}.%s); ", f.rtTest, fn.Name.Name, f.testsType, fn.Name.Name)
				f.out.Tests = append(f.out.Tests, fn.Name.Name)
			}
		}
	}
	declaration := ""
	if f.declaresTests && !f.testsDeclared {
		declaration, f.testsDeclared = "type "+f.testsType+" struct{}\n", true
	}
	return f.uses() + declaration + "func init() { " + inits.String() + resets.String() + tests.String() + "}\n"
}

// makers make anew what packages of the standard library, which are not rewritten, keep
// for the whole process: tests register there, and may do it once only.
var makers = map[string]string{
	"net/http": "%[1]s.DefaultServeMux = %[1]s.NewServeMux()",
	"net/rpc":  "%[1]s.DefaultServer = %[1]s.NewServer()",
}

// defaults makes anew what there is of that in packages that the file names.
func (f *file) defaults() (texts []string) {
	for _, spec := range f.AST.Imports {
		maker := makers[strings.Trim(spec.Path.Value, `"`)]
		name := path.Base(strings.Trim(spec.Path.Value, `"`))
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if maker != "" && name != "_" && name != "." {
			texts = append(texts, fmt.Sprintf(maker, name))
		}
	}
	return texts
}

// packagePath is the package's path, under which its initialisers are kept.
func (f *file) packagePath() string { return f.Package.Path }

// initOrder is more than a package has variables: init functions run after them.
const initOrder = 1_000_000

type reset struct {
	order int
	text  string
	vars  []string // that it sets
}

// pointers are further arguments: the addresses of variables.
func pointers(names []string) (text string) {
	for _, n := range names {
		text += ", &" + n
	}
	return text
}

// usedByInit are the package's variables that the i-th init function of the file uses,
// or a function of the package that it calls.
func (f *file) usedByInit(i int) (names []string) {
	for _, d := range f.AST.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || fn.Name.Name != "init" || fn.Body == nil {
			continue
		}
		if i--; i < 0 {
			return variablesIn(f.Package, reachable(f.Package, fn.Body))
		}
	}
	return nil
}

// variablesIn are the package's variables that bodies use, each once.
func variablesIn(p Package, bodies []*ast.BlockStmt) (names []string) {
	seen := map[types.Object]bool{}
	for _, body := range bodies {
		ast.Inspect(body, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if o, isVar := p.Info.Uses[id].(*types.Var); ok && isVar && o.Parent() == p.Types.Scope() && !seen[o] {
				seen[o] = true
				names = append(names, o.Name())
			}
			return true
		})
	}
	return names
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
					list = append(list, reset{f.number, text, []string{n.Name}})
				}
			}
		}
	}
	for i, in := range f.Info.InitOrder {
		if text := f.initialiser(in, specs); text != "" {
			list = append(list, reset{len(f.Files) + i, text, named(in.Lhs)})
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

// initialiser is the text that initialises variables of this file anew, or "".
func (f *file) initialiser(in *types.Initializer, specs map[types.Object]*ast.ValueSpec) string {
	var names []string
	mine := false
	for _, v := range in.Lhs {
		names = append(names, v.Name())
		mine = mine || specs[v] != nil && v.Name() != "_" && (f.mutable(v) || !f.prepared[v] && f.looksAround(v.Type(), in.Rhs))
	}
	if !mine {
		return ""
	}
	return fmt.Sprintf("%s = %s%s", strings.Join(names, ", "), f.mark(in.Rhs.Pos()), f.text(in.Rhs.Pos(), in.Rhs.End()))
}

// looksAround tells whether a value may be another one the next time, such as
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

// embeds tells whether a variable is filled by go:embed.
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

// mutable tells whether a package variable, or what it leads to, may change.
func (f *file) mutable(o types.Object) bool {
	return o != nil && !f.prepared[o] && (f.changed[o] || !lasting(o.Type(), map[types.Type]bool{}))
}

// lasting tells whether values of a type can not be changed in place.
func lasting(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] {
		return true
	}
	seen[t] = true
	switch t.String() {
	case "error", "*regexp.Regexp", "reflect.Type", "time.Time":
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

// reachable are a body and those of the package's functions that it names, or that
// these name.
func reachable(p Package, from *ast.BlockStmt) (all []*ast.BlockStmt) {
	bodies := map[types.Object]*ast.BlockStmt{}
	for _, fn := range functions(p) {
		bodies[p.Info.Defs[fn.Name]] = fn.Body
	}
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
