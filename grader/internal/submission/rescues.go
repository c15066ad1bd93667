package submission

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// rescued are the methods whose panics fmt recovers, when it prints a value that
// has them.
var rescued = []string{"String", "GoString", "Format", "Error"}

// recovering refuses to recover, and to have fmt do it: a method whose panics fmt
// recovers must not call what could panic, such as a function of the caller's.
func recovering(p *pass) {
	for _, id := range p.file.Unresolved {
		if _, ok := p.builtin(id, "recover"); ok {
			p.refuse(id.Pos(), "recover")
		}
	}
	for _, f := range p.functions() {
		if f.Recv != nil && slices.Contains(rescued, f.Name.Name) {
			p.rescuing(f)
		}
	}
	for n := range ast.Preorder(p.file) {
		switch n := n.(type) {
		case *ast.StructType:
			p.rescuingField(n)
		case *ast.SelectorExpr:
			if full, name, ok := p.qualified(n); ok && (full == "fmt.ScanState" || strings.HasPrefix(full, "fmt.Fscan")) {
				p.refuseFor(n.Pos(), "use "+clip(name), "fmt recovers the panic of a reader that it scans, if that is io.EOF.", "Read with bufio, or scan a text with fmt.Sscan.")
			}
		}
	}
}

const (
	rescues = "fmt recovers the panics of String, GoString, Format and Error, and so swallows what they call."
	plainly = "Take the method out, and write the text where it is used. An Error method may format fields and ask other errors, no more."
)

// rescuing holds a method against the rule. Error is a method that fixes need.
func (p *pass) rescuing(f *ast.FuncDecl) {
	if f.Name.Name != "Error" {
		p.refuseFor(f.Pos(), "have a method "+f.Name.Name+", whose panics fmt recovers", rescues, plainly)
		return
	}
	if f.Body == nil {
		return
	}
	for n := range ast.Preorder(f.Body) {
		switch n := n.(type) {
		case *ast.CallExpr:
			if !p.quiet(n) {
				p.refuseFor(n.Pos(), "call more in an Error method than formats a text", rescues, plainly)
			}
		case *ast.SendStmt, *ast.GoStmt, *ast.SelectStmt, *ast.DeferStmt:
			p.refuseFor(n.Pos(), "do more in an Error method than format a text", rescues, plainly)
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				p.refuseFor(n.Pos(), "receive in an Error method", rescues, plainly)
			}
		case *ast.RangeStmt: // over a function, perhaps, which it calls
			p.refuseFor(n.Pos(), "have a range in an Error method", rescues, "Make one error of several with errors.Join.")
		}
	}
}

// rescuingField refuses a field with the name of such a method: a call of the
// function in it would look like one of the method. Methods of interfaces are no
// fields.
func (p *pass) rescuingField(of *ast.StructType) {
	for _, field := range of.Fields.List {
		for _, name := range field.Names {
			if slices.Contains(rescued, name.Name) {
				p.refuseFor(name.Pos(), "name a field "+name.Name, rescues, "Choose another name.")
			}
		}
	}
}

// quiet reports whether a call in an Error method calls nothing that is the
// caller's.
func (p *pass) quiet(call *ast.CallExpr) bool {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		_, ok := p.builtin(fun, "len", "min", "max", "string", "bool",
			"int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "float64", "byte", "rune")
		return ok
	case *ast.SelectorExpr:
		if full, _, ok := p.qualified(fun); ok {
			return slices.Contains(formatters, full)
		}
		return fun.Sel.Name == "Error" && len(call.Args) == 0
	}
	return false
}

// formatters make texts, and call nothing but such methods.
var formatters = []string{
	"fmt.Sprint", "fmt.Sprintf", "fmt.Sprintln", "errors.New", "errors.Join",
	"strconv.Itoa", "strconv.Quote", "strconv.FormatInt", "strconv.FormatUint", "strconv.FormatFloat", "strconv.FormatBool",
	"strings.Join", "strings.TrimSpace", "strings.ToLower", "strings.ToUpper", "strings.TrimPrefix", "strings.TrimSuffix", "strings.ReplaceAll",
}
