package submission

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// seenBuiltins are the built-in functions whose reads and writes the race detector
// sees, as it does those of what stands in for clear. Others have rules of their own, or
// are new.
var seenBuiltins = []string{
	"clear",
	"append", "cap", "close", "complex", "copy", "delete", "imag", "len", "make", "max", "min", "new", "panic", "real",
	"print", "println", "recover",
}

// TestedGo is the version of Go whose race detector TestLitmus has tested. A newer one may
// have a construct that is not seen.
const TestedGo = "go1.26"

// unseenFunctions are the functions of importable packages that clear the end of a
// slice they are given with the built-in clear, or leave the work to the runtime,
// which is not instrumented. Their packages have stand-ins. TestUnseenHaveStandIns
// reads the list off the library's source.
var unseenFunctions = []string{
	"maps.Clone", "slices.Compact", "slices.CompactFunc", "slices.Delete", "slices.DeleteFunc", "slices.Replace",
}

// isUnseen reports whether a function has a stand-in. Those of strconv that append leave the work
// to a package that the runtime uses, too, which is not instrumented either.
func isUnseen(path, function string) bool {
	return slices.Contains(unseenFunctions, path+"."+function) || path == "strconv" && strings.HasPrefix(function, "Append")
}

// seenBytes is what a fix may use of package bytes. Much of the rest is written in
// assembly.
var seenBytes = []string{"Buffer", "NewBuffer", "NewBufferString", "Clone"}

// unseenTypes are those of importable packages whose methods leave the work to a package that
// the runtime uses, too, and the functions that make one. TestStates finds them.
var unseenTypes = []string{"math/rand/v2.ChaCha8", "math/rand/v2.NewChaCha8"}

// unseenOfHashes are the methods of the hashes of hash/fnv that write to bytes they are given,
// or read them, in such a package.
var unseenOfHashes = []string{"AppendBinary", "UnmarshalBinary"}

// StandIns is the folder of the packages that do what unseenFunctions do so that the
// race detector sees it.
const StandIns = "heisenkata/exercises/internal/seen/"

// Seen returns a file of a fix as it is to be compiled: a package of which it uses what has
// a stand-in is imported from StandIns, under the same name and on the same line. A file
// that needs none of these, or that does not parse, is returned as it is. A suite of tests
// may print what it likes.
func Seen(source []byte, suite bool) []byte {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", source, parser.SkipObjectResolution)
	if err != nil {
		return source
	}
	seen := bytes.Clone(source)
	for _, spec := range slices.Backward(file.Imports) { // so that offsets stay right
		if path := importPath(spec); !(suite && path == "fmt") && replaced(file, path, localName(spec)) {
			name := ""
			if spec.Name == nil {
				name = path + " "
			}
			from, to := set.PositionFor(spec.Path.Pos(), false).Offset, set.PositionFor(spec.Path.End(), false).Offset
			seen = slices.Replace(seen, from, to, []byte(name+strconv.Quote(StandIns+path))...)
		}
	}
	return seen
}

// Clears reports whether a file of a fix calls the built-in clear. Its package then needs a
// function of that name that the race detector sees.
func Clears(source []byte) bool {
	file, err := parser.ParseFile(token.NewFileSet(), "", source, 0)
	return err == nil && slices.ContainsFunc(file.Unresolved, func(id *ast.Ident) bool { return id.Name == "clear" })
}

// replaced reports whether a file imports a package of this path and name from StandIns.
// That of fmt keeps from it what would tell how it is run.
func replaced(file *ast.File, path, name string) bool {
	switch path {
	case "fmt":
		return true
	case "sync":
		return setsLocker(file, name) || mentions(file, name, func(typ string) bool { return typ == "Pool" })
	}
	return mentions(file, name, func(function string) bool { return isUnseen(path, function) })
}

// setsLocker reports whether a file may change the L of a sync.Cond that exists, an
// interface that package sync reads unseen: it names a field L for more than to call a
// method of it, or the type for something else than a pointer to it.
func setsLocker(file *ast.File, sync string) (sets bool) {
	harmless := map[ast.Expr]bool{}
	for n := range ast.Preorder(file) {
		switch n := n.(type) {
		case *ast.StarExpr:
			harmless[n.X] = true
		case *ast.SelectorExpr:
			id, ok := n.X.(*ast.Ident)
			cond := ok && id.Name == sync && n.Sel.Name == "Cond"
			sets = sets || !harmless[n] && (cond || n.Sel.Name == "L")
			if n.Sel.Name != "L" {
				harmless[n.X] = true
			}
		}
	}
	return sets
}

// mentions reports whether a file has a name of a package's that is such a one. A variable with
// the package's name may be meant, but a stand-in for nothing does no harm.
func mentions(file *ast.File, pkg string, such func(name string) bool) bool {
	for n := range ast.Preorder(file) {
		if sel, ok := n.(*ast.SelectorExpr); ok && such(sel.Sel.Name) {
			if id, ok := sel.X.(*ast.Ident); ok && id.Name == pkg {
				return true
			}
		}
	}
	return false
}

// writesSum reports whether a hash is to append its sum to bytes that are there.
func writesSum(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Sum" || len(call.Args) != 1 {
		return false
	}
	id, ok := call.Args[0].(*ast.Ident)
	return !ok || id.Name != "nil"
}

// unseen refuses accesses that the race detector does not see, and that have no
// stand-in. A torn slice or interface is a way around Go's memory safety, so in
// race-built runs every race on one has to end the process. TestLitmus tells which
// constructs are seen.
func unseen(p *pass) {
	hashes := slices.ContainsFunc(p.file.Imports, func(spec *ast.ImportSpec) bool { return importPath(spec) == "hash/fnv" })
	for n := range ast.Preorder(p.file) {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			switch full, name, ok := p.qualified(n); {
			case ok && strings.HasPrefix(full, "bytes.") && !slices.Contains(seenBytes, n.Sel.Name):
				p.refuseFor(n.Pos(), "use "+clip(name), p.rule.Why, "Use strings, bytes.Buffer, or write the loop.")
			case ok && strings.HasPrefix(full, "iter.Pull"):
				p.refuseFor(n.Pos(), "use "+clip(name), "It switches between coroutines, which the explorer does not control.", "Range over the sequence.")
			case ok && slices.Contains(unseenTypes, full):
				p.refuseFor(n.Pos(), "use "+clip(name), p.rule.Why, "Use rand.NewPCG, or the functions of the package.")
			case !ok && hashes && slices.Contains(unseenOfHashes, n.Sel.Name):
				p.refuse(n.Pos(), "use "+n.Sel.Name+" beside hash/fnv")
			}
		case *ast.CallExpr:
			if hashes && writesSum(n) {
				p.refuseFor(n.Pos(), "have a hash append its sum", p.rule.Why, "Use Sum(nil), Sum32 or Sum64.")
			}
		case *ast.Ident:
			if _, builtin := types.Universe.Lookup(n.Name).(*types.Builtin); builtin && p.free[n] && !slices.Contains(seenBuiltins, n.Name) {
				p.refuse(n.Pos(), "use "+n.Name)
			}
		}
	}
}
