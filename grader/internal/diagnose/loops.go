package diagnose

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// LoopAt is the line on which the innermost loop begins that holds all the lines of
// a source file; false if no loop does, or the source is none.
func LoopAt(source []byte, lines ...int) (line int, ok bool) {
	all := loopsAround(source, lines...)
	if len(all) == 0 {
		return 0, false
	}
	return all[0], true
}

// loopsAround are the lines on which the loops begin that hold all the lines of a
// source file, the innermost first.
func loopsAround(source []byte, lines ...int) (loops []int) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, "", source, parser.SkipObjectResolution)
	if err != nil || len(lines) == 0 {
		return nil
	}
	at := func(p token.Pos) int { return set.PositionFor(p, false).Line }
	ast.Inspect(f, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if holds(at(n.Pos()), at(n.End()), lines) {
				loops = append(loops, at(n.Pos()))
			}
		case *ast.FuncLit: // what it does is no part of the loop around it
			if holds(at(n.Pos())+1, at(n.End())-1, lines) {
				loops = nil
			}
		}
		return true
	})
	slices.Reverse(loops)
	return loops
}

func holds(first, last int, lines []int) bool {
	return !slices.ContainsFunc(lines, func(l int) bool { return l < first || l > last })
}

// emptyLoops are the lines of the loops without a body in a function, as a stack
// names it; without a name, of those in any function that have no condition either.
func emptyLoops(source []byte, function string) (loops []int) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || function != "" && !slices.Contains(nameParts(function), fn.Name.Name) {
			continue
		}
		ast.Inspect(fn, func(n ast.Node) bool {
			if loop, ok := n.(*ast.ForStmt); ok && len(loop.Body.List) == 0 && (function != "" || loop.Cond == nil) {
				loops = append(loops, set.PositionFor(loop.Pos(), false).Line)
			}
			return true
		})
	}
	return loops
}

// nameParts are the parts of a function's name in a stack, such as
// "a/b.(*Counter).Hit(...)": the function's own, its receiver's, its literals'.
func nameParts(function string) []string {
	name := function[strings.LastIndexByte(function, '/')+1:]
	if end := strings.LastIndexByte(name, '('); end > 0 && strings.HasSuffix(name, ")") && !strings.HasPrefix(name[end:], "(*") {
		name = name[:end]
	}
	return strings.Split(name, ".")
}
