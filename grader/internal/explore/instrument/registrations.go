package instrument

import (
	"fmt"
	"go/ast"
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

// isTest reports whether go test would run a function as a test.
func isTest(fn *ast.FuncDecl) bool {
	return fn.Name.Name != "TestMain" && runs(fn, "Test", 1)
}

// isOther reports whether it would run it as something else, but for benchmarks, which it
// runs only when told to.
func isOther(fn *ast.FuncDecl) bool { return runs(fn, "Fuzz", 1) || runs(fn, "Example", 0) }

// runs reports whether go test knows a function by the beginning of its name.
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
		fmt.Fprintf(&resets, "%s.OnReset(%q, %d, func() { %s }%s)%s; ", f.rt, f.packagePath(), r.order, r.text, pointers(r.vars), f.limit(r))
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
