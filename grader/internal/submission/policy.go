package submission

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

// allowedImports is what a fix may import; a name that ends in /... stands for
// all below it. It holds what concurrent code is made of, and nothing that
// reaches the outside or the test itself.
var allowedImports = []string{
	"sync", "sync/atomic", "context", "time", "errors", "fmt", "sort", "strings", "strconv",
	"slices", "maps", "iter", "cmp", "container/...", "math", "math/rand/v2", "bytes", "bufio", "io",
	"hash/...", "golang.org/x/sync/...",
}

// Check holds a fix against the policy: one parse a file, nothing is run. A
// file that does not parse is left to the compiler, which says it better.
func Check(e kata.Exercise, s Submission) []evidence.Finding {
	var found []evidence.Finding
	for _, name := range slices.Sorted(maps.Keys(s.Files)) {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, s.Files[name], parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		l := linter{exercise: e, set: set, file: file, lines: strings.Split(string(s.Files[name]), "\n")}
		l.run()
		found = append(found, l.found...)
	}
	return found
}

// linter holds one file against the policy.
type linter struct {
	exercise kata.Exercise
	set      *token.FileSet
	file     *ast.File
	lines    []string
	imports  map[string]bool // the names that imported packages have here
	found    []evidence.Finding
}

func (l *linter) run() {
	l.imports = map[string]bool{}
	for _, spec := range l.file.Imports {
		l.checkImport(spec)
	}
	for _, group := range l.file.Comments {
		for _, c := range group.List {
			l.checkDirective(c)
		}
	}
	for _, decl := range l.file.Decls {
		l.checkDeclaration(decl)
	}
	ast.Inspect(l.file, l.checkNode)
}

// refuse records a broken rule: what was found, why it is refused, what to do.
func (l *linter) refuse(pos token.Pos, what, why string) {
	at := l.set.Position(pos)
	code := ""
	if at.Line >= 1 && at.Line <= len(l.lines) {
		code = strings.TrimSpace(l.lines[at.Line-1])
	}
	l.found = append(l.found, evidence.Finding{
		Verdict: evidence.Policy,
		Summary: "a fix may not " + what,
		Meaning: why,
		Places:  []evidence.Place{{File: path.Join(l.exercise.Dir, at.Filename), Line: at.Line, Code: code, Role: "here"}},
	})
}

func (l *linter) checkImport(spec *ast.ImportSpec) {
	name, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return
	}
	local := path.Base(name)
	if local == "v2" {
		local = path.Base(path.Dir(name))
	}
	if spec.Name != nil {
		local = spec.Name.Name
	}
	if local == "." || local == "_" {
		l.refuse(spec.Pos(), "import "+spec.Path.Value+" as "+local, "A dot or blank import hides what the code uses: import the package by its name.")
		return
	}
	l.imports[local] = true
	if !l.importAllowed(name) {
		l.refuse(spec.Pos(), "import "+spec.Path.Value, l.importReason(name))
	}
}

func (l *linter) importAllowed(name string) bool {
	p := l.exercise.Policy
	if matchesAny(name, p.DenyImports) {
		return false
	}
	return matchesAny(name, allowedImports) || matchesAny(name, p.AllowImports)
}

func (l *linter) importReason(name string) string {
	if why, ok := importReasons[name]; ok {
		return why
	}
	return "This exercise can be fixed without it. A fix may import " + strings.Join(slices.Concat(l.exercise.Policy.AllowImports, allowedImports), ", ") + "."
}

var importReasons = map[string]string{
	"runtime": "GOMAXPROCS and Gosched change how often a bug shows, never whether it is there: order the two goroutines instead.",
	"unsafe":  "Around the type system there is no memory model to rely on: use sync or sync/atomic.",
	"testing": "A fix that knows it is tested proves nothing: leave the tests to the test files.",
	"os":      "A fix changes the code, not the process that runs it: leave exits, files and the environment alone.",
	"time":    "A pause makes a collision rarer and orders nothing: make one goroutine wait for the other instead.",
}

func matchesAny(name string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		if prefix, ok := strings.CutSuffix(p, "/..."); ok {
			return name == prefix || strings.HasPrefix(name, prefix+"/")
		}
		return name == p
	})
}

// checkDirective refuses comments that speak to the toolchain.
func (l *linter) checkDirective(c *ast.Comment) {
	text := c.Text
	for _, d := range []string{"//go:", "//line ", "/*line ", "//export ", "// +build", "//+build", "//extern "} {
		if strings.HasPrefix(text, d) {
			l.refuse(c.Pos(), "hold the directive "+strings.Fields(text)[0], "A directive changes how the code is built or checked, not what it does: take it out.")
		}
	}
}

func (l *linter) checkDeclaration(decl ast.Decl) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		l.checkFunction(d)
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			l.checkSpec(spec)
		}
	}
}

func (l *linter) checkFunction(f *ast.FuncDecl) {
	if f.Recv != nil {
		return
	}
	if f.Body == nil {
		l.refuse(f.Pos(), "declare "+f.Name.Name+" without a body", "A function without a body is written in assembly or linked from elsewhere: write it in Go.")
	}
	if f.Name.Name == "init" {
		l.refuse(f.Pos(), "have an init function", "It would run before the tests do: set up what you need where it is made.")
	}
	l.checkName(f.Name)
}

func (l *linter) checkSpec(spec ast.Spec) {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		l.checkName(s.Name)
	case *ast.ValueSpec:
		for _, name := range s.Names {
			l.checkName(name)
		}
	}
}

// checkName refuses package-level names that would change what Go's own mean.
func (l *linter) checkName(name *ast.Ident) {
	if types.Universe.Lookup(name.Name) != nil {
		l.refuse(name.Pos(), "declare its own "+name.Name, "That name is Go's, and the tests of this package use it too: choose another.")
	}
}

func (l *linter) checkNode(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for _, left := range n.Lhs {
			l.checkAssigned(left)
		}
	case *ast.IncDecStmt:
		l.checkAssigned(n.X)
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			l.checkAssigned(n.X)
		}
	case *ast.RangeStmt:
		l.checkAssigned(n.Key)
		l.checkAssigned(n.Value)
	case *ast.CallExpr:
		l.checkCall(n)
	}
	return true
}

// checkAssigned refuses to write, or to take the address of, another
// package's variable.
func (l *linter) checkAssigned(x ast.Expr) {
	if name, ok := l.qualified(x); ok {
		l.refuse(x.Pos(), "change "+name, "Another package's variables belong to everybody, the tests as well: keep your state in your own types.")
	}
}

func (l *linter) checkCall(call *ast.CallExpr) {
	if name, ok := l.qualified(call.Fun); ok && slices.ContainsFunc([]string{"fmt.Print", "fmt.Scan"}, func(p string) bool { return strings.HasPrefix(name, p) }) {
		l.refuse(call.Pos(), "call "+name, "Printing takes locks, and so hides the very race you look for: watch it under a debugger or in a copy.")
	}
	id, ok := call.Fun.(*ast.Ident)
	if !ok || slices.Contains(l.exercise.Policy.Allow, id.Name) {
		return
	}
	switch id.Name {
	case "print", "println":
		l.refuse(call.Pos(), "call "+id.Name, "Printing changes the timing, and so hides the very bug you look for: take it out.")
	case "recover":
		l.refuse(call.Pos(), "recover", "A panic that is swallowed is a bug that is hidden, and the work is lost all the same: keep the panic from happening.")
	}
}

// qualified returns "pkg.Name" where x is just that, for an imported pkg.
func (l *linter) qualified(x ast.Expr) (string, bool) {
	for {
		paren, ok := x.(*ast.ParenExpr)
		if !ok {
			break
		}
		x = paren.X
	}
	sel, ok := x.(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	id, ok := sel.X.(*ast.Ident)
	if !ok || !l.imports[id.Name] {
		return "", false
	}
	return fmt.Sprintf("%s.%s", id.Name, sel.Sel.Name), true
}
