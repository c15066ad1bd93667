package submission

import (
	"go/ast"
	"go/token"
	"slices"
)

// initialisers refuses what runs before the first test: init functions, and calls
// and receives in the values of package variables. At that moment the race
// detector's halt, the sandboxed channel and the explorer's control are not all in
// place, and no test is running that the code could fail.
func initialisers(p *pass) {
	for _, decl := range p.file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == "init" {
				p.refuse(d.Pos(), "have an init function")
			}
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				p.initialValues(d)
			}
		}
	}
}

func (p *pass) initialValues(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		for _, value := range spec.(*ast.ValueSpec).Values {
			p.initialValue(value)
		}
	}
}

// initialValue looks at all that is computed for a package variable. The body of a
// function literal is not: it runs when it is called, and then the call is refused.
func (p *pass) initialValue(value ast.Expr) {
	ast.Inspect(value, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if !p.inert(n.Fun) && !p.plainError(n) {
				p.refuse(n.Pos(), "call a function in the value of a package variable")
				return false
			}
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				p.refuse(n.Pos(), "receive in the value of a package variable")
			}
		}
		return true
	})
}

// inertFunctions neither run code of the fix nor start anything: they return a
// value made of their arguments.
var inertFunctions = []string{
	"errors.New", "context.Background", "context.TODO", "container/list.New",
	"sync.NewCond", "sync.OnceFunc", "sync.OnceValue", "sync.OnceValues",
	"time.Duration", "time.Month", "time.Weekday",
	"strings.NewReplacer", "strings.Repeat", "strings.Join", "strings.Split", "strings.Fields", "strings.TrimSpace",
	"strings.ToLower", "strings.ToUpper", "strings.ReplaceAll",
}

// inertBuiltins are the built-in functions without an effect, and the predeclared
// types.
var inertBuiltins = []string{
	"make", "new", "len", "cap", "min", "max", "append", "complex", "real", "imag",
	"bool", "string", "byte", "rune", "int", "int8", "int16", "int32", "int64",
	"uint", "uint8", "uint16", "uint32", "uint64", "uintptr", "float32", "float64", "complex64", "complex128", "any", "error",
}

// inert reports whether calling this is a conversion, or a function that runs no code
// of the fix.
func (p *pass) inert(called ast.Expr) bool {
	switch x := ast.Unparen(called).(type) {
	case *ast.Ident:
		_, builtin := p.builtin(x, inertBuiltins...)
		return builtin || p.isType(x.Name)
	case *ast.SelectorExpr:
		full, _, imported := p.qualified(x)
		return imported && slices.Contains(inertFunctions, full)
	case *ast.IndexExpr:
		return p.inert(x.X)
	case *ast.IndexListExpr:
		return p.inert(x.X)
	case *ast.StarExpr, *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.FuncType, *ast.InterfaceType, *ast.StructType:
		return true
	}
	return false
}

// plainError reports whether a call is fmt.Errorf of literals and of what other packages
// export: no method of the fix runs, as it may when an error of its own is formatted.
func (p *pass) plainError(call *ast.CallExpr) bool {
	fun, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	full, _, _ := p.qualified(fun)
	return full == "fmt.Errorf" && !slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
		_, literal := arg.(*ast.BasicLit)
		sel, named := arg.(*ast.SelectorExpr)
		if named {
			_, _, named = p.qualified(sel)
		}
		return !literal && !named
	})
}

// isType reports whether the file declares a type of that name.
func (p *pass) isType(name string) bool {
	return slices.ContainsFunc(p.file.Decls, func(decl ast.Decl) bool {
		d, ok := decl.(*ast.GenDecl)
		return ok && d.Tok == token.TYPE && slices.ContainsFunc(d.Specs, func(s ast.Spec) bool {
			return s.(*ast.TypeSpec).Name.Name == name
		})
	})
}
