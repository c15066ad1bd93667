package submission

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// seenBuiltins are the built-in functions whose reads and writes the race detector
// sees. Others have rules of their own, or are new.
var seenBuiltins = []string{
	"append", "cap", "close", "complex", "copy", "delete", "imag", "len", "make", "max", "min", "new", "panic", "real",
	"print", "println", "recover",
}

// TestedGo is the version of Go whose race detector TestLitmus has been through. A
// newer one may have a construct that is not seen.
const TestedGo = "go1.26"

// unseenFunctions are the functions of importable packages that clear the end of a
// slice they are given with the built-in clear, or leave the work to the runtime,
// which is not instrumented. TestUnseenIsRefused reads the list off the library's
// source.
var unseenFunctions = []string{
	"maps.Clone", "slices.Compact", "slices.CompactFunc", "slices.Delete", "slices.DeleteFunc", "slices.Replace",
}

// unseen refuses accesses that the race detector does not see. A torn slice or
// interface is a way around Go's memory safety, so in race-built runs every race on
// one has to end the process. TestLitmus tells which constructs are seen.
func unseen(p *pass) {
	for n := range ast.Preorder(p.file) {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if full, name, ok := p.qualified(n); ok && (slices.Contains(unseenFunctions, full) || strings.HasPrefix(full, "strconv.Append")) {
				p.refuseFor(n.Pos(), "use "+clip(name), p.rule.Why, seenInstead(full))
			}
		case *ast.Ident:
			if _, builtin := types.Universe.Lookup(n.Name).(*types.Builtin); builtin && p.free[n] && !slices.Contains(seenBuiltins, n.Name) {
				p.refuse(n.Pos(), "use "+n.Name)
			}
		}
	}
}

// seenInstead tells how to do what an unseen function does so that the race detector
// sees it.
func seenInstead(function string) string {
	pkg, name, _ := strings.Cut(function, ".")
	switch {
	case pkg == "slices":
		return "Append what stays to a new slice."
	case pkg == "maps":
		return "Copy it in a loop: for k, v := range m { c[k] = v }."
	case strings.HasPrefix(name, "AppendQuote"):
		return "Append what strconv." + strings.TrimPrefix(name, "Append") + " returns."
	default:
		return "Append what strconv." + strings.Replace(name, "Append", "Format", 1) + " returns."
	}
}
