package submission

import (
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/types"
	"strings"
)

// Rule is one thing that a fix may not do.
type Rule struct {
	Name    string // as reports have it, and the manifest's allow
	Doc     string // goes on from "a fix may not"
	Why     string // the reason
	Instead string // what to do about it
	// Runnable: a fix that breaks this rule earns nothing, but it is built and run
	// anyway, so that its author learns what the detectors see. That is
	// only for what neither reaches beyond the fix nor changes what a test sees:
	// not for an import, a directive or code that runs before the tests, and not
	// for recover, which hides the panics that a test looks for.
	Runnable bool
	look     func(*pass)
}

// Rules is the policy. A rule without a look is enforced by Read, before there is a syntax
// tree. Those that a manifest may drop are in kata.Relaxable.
var Rules = []Rule{
	{
		Name: "text", Doc: "contain invisible characters, or a carriage return within a line",
		Why:     "It makes code read differently from how it compiles, in an editor, a terminal or a review.",
		Instead: "Save the file as UTF-8 and take the character out, or write it as an escape.",
	},
	{
		Name: "nesting", Doc: fmt.Sprintf("be nested more than %d levels deep", deepest), look: nesting,
		Why:     "That is unreadable, and the compiler may never finish.",
		Instead: "Give the inner parts names.",
	},
	{
		Name: "package", Doc: "change the package's name", look: packageName,
		Why: "The tests belong to the package under its old name, and a folder holds one package.",
	},
	{
		Name: "import", Doc: "import what the exercise does not need", look: imports,
		Why: "This exercise can be fixed without it.",
	},
	{
		Name: "import-name", Doc: "import a package as . or _", look: importName,
		Why:     "A dot or blank import hides what the code uses.",
		Instead: "Import the package by its name.",
	},
	{
		Name: "directive", Doc: "give directives to the toolchain: `//go:…`, `//line`, `+build`, `//export`", look: directives,
		Why:     "A directive changes how the code is built or checked, not what it does.",
		Instead: "Take it out. If it is only a remark, begin it with a space and another word.",
	},
	{
		Name: "init", Doc: "run code before the tests do: in an init function, or by a call in the value of a package variable, except of `errors.New`, `strings.Repeat` and the like", look: initialisers,
		Why:     "It runs before the tests and the detectors are ready.",
		Instead: "Set it up where it is used: in a function, in a constructor, or with sync.OnceValue. The data of a test belong in the test.",
	},
	{
		Name: "body", Doc: "declare a function without a body", look: bodies,
		Why:     "A function without a body is written in assembly or linked from elsewhere.",
		Instead: "Write it in Go.",
	},
	{
		Name: "predeclared", Doc: "reuse a predeclared name (`len`, `error`, `true`, …), even for an import", look: predeclared,
		Why:     "That name is predeclared in Go, and readers expect Go's meaning.",
		Instead: "Choose another name.",
	},
	{
		Name: "assign", Doc: "change another package's variable, or take its address", look: assignments,
		Why:     "Another package's variables are shared by the whole program, the tests included.",
		Instead: "Keep your state in your own types.",
	},
	{
		Name: "alias", Doc: "keep a pointer to what another package shares (`time.UTC`, `t.Location()`, `crc32.IEEETable`)", look: aliases,
		Why:     "What it points to is shared by the whole program, the tests included.",
		Instead: "Pass it to the call that needs it, as in t.In(time.UTC), and do not store it.",
	},
	{
		Name: "unseen", Doc: "use a function of `bytes`, `rand.ChaCha8`, the sum of a hash that is appended to bytes, or a new built-in function", look: unseen,
		Why:     "The race detector does not see what it reads or writes, so a race there goes unreported.",
		Instead: "Use what Go had before: an assignment, a loop, append.",
	},
	{
		Name: "timer", Doc: "copy a `time.Timer` or `time.Ticker`", look: timers,
		Why:     "A copy lacks part of the timer: its methods mistake what follows it in memory for that part.",
		Instead: "Keep the pointer that time.NewTimer returns.",
	},
	{
		Name: "float32", Doc: "use `float32` or `complex64`", look: coarse,
		Why:     "It holds whole numbers only up to 16,777,216, and other numbers to seven digits: more than that is lost.",
		Instead: "Count with an int, and keep other numbers as float64.",
	},
	{
		Name: "print", Doc: "mention `fmt.Print…`, `fmt.Scan…`, `print` or `println`", look: printing,
		Why:      "Printing takes time and locks, which hides the very race you are looking for.",
		Instead:  "Take it out, or print in a copy of the exercise. To format text, use fmt.Sprint or fmt.Fprint.",
		Runnable: true,
	},
	{
		Name: "recover", Doc: "recover, or have `fmt` do it", look: recovering,
		Why:     "A recovered panic hides a bug, and the work is lost anyway.",
		Instead: "Prevent the panic.",
	},
	{
		Name: "clock", Doc: "ask for the time: `time.Now`, `time.Since`, `time.Until`", look: clocks,
		Why:     "Correct code does not depend on the time, and looking at the clock orders nothing.",
		Instead: "Wait for a timer, for a context, or for the other goroutine.",
	},
	{
		Name: "type", Doc: "inspect a value's type: `%T`, verbs other than `%v %s %q %d %w` and `%t` of a bool, and, except for the fix's own types, `x, ok := y.(T)` and `switch y.(type)`", look: looks,
		Why:     "A fix is right for every type that its callers may use, not only for those of a test.",
		Instead: "Do the same for all types. To recognise an error, use errors.Is; to print a value, use %v; to share a value of one type, use atomic.Pointer.",
	},
}

// deepest is how deep a syntax tree may be. No fix in this repository comes to
// 20, and one in a thousand files of the standard library to 35; of thousands
// of levels, compilers die.
const deepest = 100

func nesting(p *pass) {
	depth, refused := 0, false
	ast.Inspect(p.file, func(n ast.Node) bool {
		if n == nil {
			depth--
			return true
		}
		if depth++; depth > deepest && !refused {
			refused = true
			p.refuse(n.Pos(), p.rule.Doc)
		}
		return true
	})
}

func packageName(p *pass) {
	want := p.exercise.PackageName()
	if name := p.file.Name; name.Name != want {
		p.refuseFor(name.Pos(), "have the package name "+clip(name.Name), p.rule.Why, "Begin the file with: package "+want)
	}
}

// directives looks at every line of every comment: +build counts with any
// spaces before and after the slashes, and a line is all that go/build looks at.
func directives(p *pass) {
	for _, group := range p.file.Comments {
		for _, c := range group.List {
			for line := range strings.Lines(c.Text) {
				if d, ok := directive(strings.TrimSpace(line)); ok {
					p.refuse(c.Pos(), "hold the directive "+clip(d))
				}
			}
		}
	}
}

// directive returns what a line of a comment says to a tool: to the compiler
// and the go command (//go:), to scanners (line), to cgo and gccgo (export, extern).
func directive(line string) (string, bool) {
	if constraint.IsPlusBuild(line) {
		return "+build", true
	}
	for _, d := range []string{"//go:", "//line ", "/*line ", "//export ", "//extern "} {
		if strings.HasPrefix(line, d) {
			return strings.Fields(line)[0], true
		}
	}
	return "", false
}

// functions are the functions and methods of the file.
func (p *pass) functions() (list []*ast.FuncDecl) {
	for _, decl := range p.file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			list = append(list, f)
		}
	}
	return list
}

func bodies(p *pass) {
	for _, f := range p.functions() {
		if f.Body == nil {
			p.refuse(f.Pos(), "declare "+clip(f.Name.Name)+" without a body")
		}
	}
}

// predeclared looks at the names of the package and of imports. Inside of a
// function, and for fields and methods, a name like min is free.
func predeclared(p *pass) {
	for _, name := range p.declared() {
		if types.Universe.Lookup(name.Name) != nil {
			p.refuse(name.Pos(), "declare its own "+name.Name)
		}
	}
}

// declared returns the names that the file gives at package level.
func (p *pass) declared() (names []*ast.Ident) {
	for _, decl := range p.file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				names = append(names, specNames(spec)...)
			}
		}
	}
	return names
}

func specNames(spec ast.Spec) []*ast.Ident {
	switch s := spec.(type) {
	case *ast.ImportSpec:
		if s.Name != nil {
			return []*ast.Ident{s.Name}
		}
	case *ast.TypeSpec:
		return []*ast.Ident{s.Name}
	case *ast.ValueSpec:
		return s.Names
	}
	return nil
}

// coarse refuses the types that lose numbers which no test has the time to count up to, and
// the functions that return one.
func coarse(p *pass) {
	for n := range ast.Preorder(p.file) {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if name := n.Sel.Name; name == "Float32" || name == "Float32frombits" {
				p.refuse(n.Pos(), "use "+name)
			}
		case *ast.Ident:
			if p.free[n] && (n.Name == "float32" || n.Name == "complex64") {
				p.refuse(n.Pos(), "use "+n.Name)
			}
		}
	}
}

// printing refuses a mention: a function that is stored prints as well.
func printing(p *pass) {
	for n := range ast.Preorder(p.file) {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if full, name, ok := p.qualified(n); ok && isPrint(full) {
				p.refuse(n.Pos(), "use "+clip(name))
			}
		case *ast.Ident:
			if name, ok := p.builtin(n, "print", "println"); ok {
				p.refuse(n.Pos(), "use "+name)
			}
		}
	}
}

func isPrint(name string) bool {
	return strings.HasPrefix(name, "fmt.Print") || strings.HasPrefix(name, "fmt.Scan")
}
